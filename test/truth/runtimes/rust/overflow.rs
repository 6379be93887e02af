fn main() {
    let n: u8 = std::env::args().count() as u8;
    println!("before");
    println!("{}", n + 255);
}
