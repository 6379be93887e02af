#[inline(never)]
fn down(n: u64) -> u64 {
    if n == u64::MAX { 0 } else { std::hint::black_box(down(n + 1)) + 1 }
}

fn main() {
    println!("{}", down(std::hint::black_box(0)));
}
