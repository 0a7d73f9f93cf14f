//! Objects that good policies judge, while another policy does wrong on other objects of the same gate.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::client::Connection;
use crate::documents::{document, guest};
use crate::gate::Gate;
use crate::load::{self, CONNECTIONS, Figures, Target};

/// Turns of each kind of load.
const ROUNDS: usize = 5;
/// Length of one turn.
const TURN: Duration = Duration::from_secs(2);
/// The ways of doing wrong, as the settings of tests/guests/misbehaving name them.
const WAYS: [&str; 6] = ["loop", "recursion", "memory", "panic", "many-findings", "long-text"];

/// Measures and prints.
pub(crate) fn run() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hostile.yaml");
    let documents: Vec<String> = WAYS
        .iter()
        .map(|how| {
            let more = format!("settings: {{ how: {how} }}, match: {{ namespaces: ['hostile-{how}'] }}");
            document(&format!("a-{how}"), &guest("misbehaving"), &more)
        })
        .collect();
    std::fs::write(&file, documents.join("---\n")).unwrap();
    let cache = tempfile::tempdir().unwrap();
    let (gate, _) = Gate::start_with(cache.path(), &[&file]);

    let good = load::review("CREATE", None);
    let measure = || load::run(&gate.target, &|| good.clone(), TURN, load::refused);
    measure();
    let mut without = Figures::default();
    let mut beside: Vec<(Figures, usize)> = WAYS.iter().map(|_| Default::default()).collect();
    for _ in 0..ROUNDS {
        without.add(measure());
        for (how, (figures, hostile)) in WAYS.iter().zip(&mut beside) {
            let review = load::review_in(&format!("hostile-{how}"), "CREATE", None);
            let (good, sent) = while_sending(&gate.target, &review, measure);
            figures.add(good);
            *hostile += sent;
        }
    }
    println!("\nall policies on the replicated example, over TLS, {CONNECTIONS} connections, and as many that send");
    println!("objects on which one more policy does wrong");
    println!("                        per second    p50 µs    p99 µs   wrong ones per second");
    println!("  none does wrong     {without}");
    let seconds = (TURN * u32::try_from(ROUNDS).unwrap()).as_secs_f64();
    for (how, (figures, hostile)) in WAYS.iter().zip(&beside) {
        println!("  {how:<20}{figures}{:>24.0}", *hostile as f64 / seconds);
    }
}

/// Does something while the same review is sent over and over, and counts the answers.
fn while_sending<T>(target: &Target, review: &[u8], work: impl FnOnce() -> T) -> (T, usize) {
    let (done, answers) = (AtomicBool::new(false), AtomicUsize::new(0));
    let result = thread::scope(|scope| {
        for _ in 0..CONNECTIONS {
            scope.spawn(|| {
                let mut connection = Connection::open(target).unwrap();
                while !done.load(Ordering::Acquire) {
                    let (status, body) = connection.send(review).unwrap();
                    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
                    answers.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let result = work();
        done.store(true, Ordering::Release);
        result
    });
    (result, answers.into_inner())
}
