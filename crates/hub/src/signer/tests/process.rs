//! A signer that is a process of its own: what it must stand, and what the hub does when it is slow or gone.

use super::*;
use crate::signer::frame::{Request, Response, receive, send};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::mpsc;

#[test]
fn a_process_has_a_clock_of_its_own_and_signs_no_time_far_from_it() {
    let bench = Bench::new();
    let process = bench.process();
    let remote = Remote::find(&process.socket, &site()).unwrap();
    let at = |ms: u64| {
        remote.sign(&Ask::Heartbeat {
            position: 1,
            time: Instant(ms),
            marks: Vec::new(),
            newest: Newest::default(),
        })
    };
    assert!(at(NOON.0).is_ok() && at(NOON.0 + 119_000).is_ok());
    let year = 365 * DAY_MS;
    assert_eq!(at(NOON.0 + year), Err(Unsigned::Clock(year)));
    bench.clock.set(NOON.plus_ms(year));
    assert!(at(NOON.0 + year).is_ok(), "the control");
}

#[test]
fn a_signer_that_goes_away_is_told_of_and_found_again_but_not_with_other_keys() {
    let mut bench = Bench::new();
    bench.released("wang", "li", "zhao");
    let mut process = bench.process();
    let seals = Seals::new(Box::new(Remote::find(&process.socket, &site()).unwrap()));
    assert!(seals.seal(&bench.head(), NOON).is_some() && seals.faults().is_empty());
    process.stop();
    assert!(seals.seal(&bench.head(), NOON).is_none() && seals.gone());
    assert!(matches!(seals.faults()[..], [Fault { since: NOON, .. }]));
    let _again = bench.process();
    // Nobody waits for it within a second of the failure.
    let found = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        seals.seal(&bench.head(), NOON).is_some()
    });
    assert!(found && seals.faults().is_empty());
    drop(_again);
    assert_eq!(keys::new_epoch(&bench.folder, None, NOON).unwrap(), 2);
    let _other = bench.process();
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert!(seals.seal(&bench.head(), NOON).is_none() && seals.gone());
    let foreign = Remote::find(&bench.folder.join("s"), &"other".parse().unwrap());
    assert!(matches!(foreign, Err(SignerGone::Foreign(_))));
}

#[test]
fn noise_on_the_socket_harms_nobody() {
    use std::io::{Read, Write};
    let bench = Bench::new();
    let process = bench.process();
    for noise in [
        &[0xff; 64][..],
        &[0, 0, 0, 2, 9, 9],
        &[0, 0, 0, 9, 1],
        b"GET / HTTP/1.1\r\n\r\n",
    ] {
        let mut stream = std::os::unix::net::UnixStream::connect(&process.socket).unwrap();
        stream.write_all(noise).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        // A reset is an end as well.
        let _ = stream.read_to_end(&mut answer);
        assert!(answer.is_empty());
    }
    let remote = Remote::find(&process.socket, &site()).unwrap();
    assert!(remote.sign(&bench.head()).is_ok());
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&process.socket).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o660);
    let twice = SignerServer::start(SignerConfig {
        data: bench.folder.clone(),
        keys: bench.folder.join("keys"),
        socket: process.socket.clone(),
        clock: bench.clock.clone(),
    });
    assert!(matches!(twice, Err(SignerError::InUse(_))));
}

/// Between hub and signer: hands on what is said, but the signature only when it is told to. It tells when it was asked.
fn held_up(bench: &Bench, signer: PathBuf) -> (PathBuf, oneshot::Receiver<()>, mpsc::Sender<()>) {
    let path = bench.folder.join("held-up");
    let (go, wait) = mpsc::channel();
    let (ask, asked) = oneshot::channel();
    let listener = UnixListener::bind(&path).unwrap();
    std::thread::spawn(move || {
        let (mut hub, _) = listener.accept().unwrap();
        let mut signer = UnixStream::connect(signer).unwrap();
        let mut ask = Some(ask);
        while let Ok(request) = receive::<Request>(&mut hub) {
            if matches!(request, Request::Sign(_)) {
                ask.take().unwrap().send(()).unwrap();
                if wait.recv().is_err() {
                    return;
                }
            }
            send(&mut signer, &request).unwrap();
            let answer: Response = receive(&mut signer).unwrap();
            send(&mut hub, &answer).unwrap();
        }
    });
    (path, asked, go)
}

/// The signer answers only after another task of the same and only worker has run: held up, it would never answer.
#[test]
fn while_a_signer_takes_its_time_the_hub_does_other_things() {
    let mut bench = Bench::new();
    bench.released("wang", "li", "zhao");
    let process = bench.process();
    let (path, asked, go) = held_up(&bench, process.socket.clone());
    let seals = Arc::new(Seals::new(Box::new(Remote::find(&path, &site()).unwrap())));
    let runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = { runtime }.worker_threads(1).enable_all().build().unwrap();
    let (head, asking) = (bench.head(), Arc::clone(&seals));
    let sealed = runtime.block_on(async {
        let sealing = tokio::spawn(async move { asking.seal(&head, NOON) });
        let other = tokio::spawn(async move {
            asked.await.unwrap();
            go.send(()).unwrap();
        });
        other.await.unwrap();
        sealing.await.unwrap()
    });
    assert!(sealed.is_some() && seals.faults().is_empty());
}
