fn main() -> Result<(), std::num::ParseIntError> {
    println!("before");
    "x".parse::<u8>()?;
    Ok(())
}
