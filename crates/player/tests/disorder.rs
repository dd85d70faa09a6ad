//! Whatever the broker loses, repeats, reorders and holds back, and whenever the power goes: in the end a display
//! shows what the newest head says, and at no time anything that it would not show after a power cut.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test's helpers fail like the test"
)]

mod support;

use heliograph_domain::Instant;
use support::*;

/// A small generator of numbers (Knuth's MMIX), so that a story that fails can be told again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

#[test]
fn in_the_end_the_newest_head_is_shown() {
    let notices: Vec<Notice> = (0..6).map(|n| notice(&format!("notice {n}"))).collect();
    for seed in 0..150 {
        let mut dice = Dice(seed);
        let mut lobby = Lobby::open();
        let mut said: Vec<Message> = vec![site_state(1, true), site_state(2, false), site_state(3, true)];
        let mut last = (head(9, &[]), Vec::new());
        for position in 10..20 {
            let chosen: Vec<&Notice> = notices.iter().filter(|_| dice.roll(2) == 0).collect();
            last = (head(position, &chosen), chosen.clone());
            said.extend(chosen.iter().map(|notice| content(&notice.payload)));
            said.push(last.0.clone());
            lobby = suffers(lobby, &mut dice, &mut said);
        }
        // The office is sure to have sent the last head and what it names to the broker; nobody knows what arrived.
        for notice in &last.1 {
            lobby.broker_keeps(content(&notice.payload));
        }
        lobby.broker_keeps(last.0.clone());
        lobby.answers = true;
        if !lobby.is_connected() {
            lobby = lobby.connect();
        }
        let beat = heartbeat(lobby.now, &[(19, &last.0)]);
        lobby.sends(site_state(4, false)).sends(beat).after(3 * MINUTE);
        assert_eq!(
            lobby.site_time(),
            lobby.now,
            "seed {seed}: whatever its clock on the wall says"
        );
        let titles: Vec<String> = last.1.iter().map(|notice| title(notice)).collect();
        lobby.shows(&titles.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

/// A few blows of fate.
fn suffers(mut lobby: Lobby, dice: &mut Dice, said: &mut Vec<Message>) -> Lobby {
    for _ in 0..12 {
        let which = dice.roll(said.len() as u64) as usize;
        lobby = match dice.roll(16) {
            12 => {
                let clocks = [Instant(0), TEN, TEN.plus_ms(400 * DAY), lobby.now];
                lobby.clock_says(clocks[dice.roll(4) as usize]);
                lobby
            }
            13 => lobby.reboot_at(Instant(0)),
            14 => {
                lobby.answers = !lobby.answers;
                lobby
            }
            0 => lobby.disconnect(),
            1 if !lobby.is_connected() => lobby.connect(),
            2 => lobby.reboot(),
            3 => {
                lobby.after(dice.roll(90_000));
                lobby
            }
            4 => {
                lobby.broker_keeps(said[which].clone());
                lobby
            }
            5 => {
                said.swap_remove(which);
                said.push(head(1, &[]));
                lobby
            }
            _ => {
                lobby.gets(said[which].clone());
                lobby
            }
        };
    }
    lobby
}

fn title(notice: &Notice) -> String {
    let document = heliograph_domain::Document::from_bytes(&notice.payload.bytes).unwrap();
    document.title(heliograph_domain::Lang::ZhHans)
}
