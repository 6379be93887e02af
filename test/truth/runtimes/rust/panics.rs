fn main() {
    println!("before");
    let values = vec![1, 2, 3];
    println!("{}", values[values.len()]);
}
