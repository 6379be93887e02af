// truth: {"args": ["one"], "stdin": "line one\nline two\n"}
use std::collections::BTreeMap;
use std::io::{BufRead, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::{mpsc, Arc, Mutex};
use std::time::Duration;
use std::{env, fs, io, thread};

fn main() {
    for line in io::stdin().lock().lines() {
        println!("read {}", line.unwrap());
    }
    println!("{:?}", env::args().skip(1).collect::<Vec<_>>());
    let total = Arc::new(Mutex::new(0));
    let threads: Vec<_> = (0..8)
        .map(|n| {
            let total = Arc::clone(&total);
            thread::spawn(move || *total.lock().unwrap() += n)
        })
        .collect();
    for one in threads {
        one.join().unwrap();
    }
    println!("{}", total.lock().unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || listener.accept().unwrap().0.write_all(b"served").unwrap());
    let mut text = String::new();
    TcpStream::connect(address).unwrap().read_to_string(&mut text).unwrap();
    server.join().unwrap();
    println!("{text}");
    let run = Command::new("sh").args(["-c", "echo out; exit 3"]).output().unwrap();
    println!("{:?} {}", run.status.code(), String::from_utf8_lossy(&run.stdout));
    fs::write("a.txt", "text").unwrap();
    println!("{} {:?}", fs::read_to_string("a.txt").unwrap(), fs::read("/nowhere").map_err(|e| e.kind()));
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(10));
        sender.send(5).unwrap();
    });
    println!("{:?} {:?}", receiver.recv(), receiver.recv());
    println!("{:?}", BTreeMap::from([("b", 1.5), ("a", f64::NAN)]));
    println!("{:?}", std::panic::catch_unwind(|| env::args().count().checked_sub(100).unwrap()).is_err());
}
