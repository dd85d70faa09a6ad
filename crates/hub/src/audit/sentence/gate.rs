//! The gate's rules, and what was let through it outside the workflow, in sentences.

use super::Voice;
use heliograph_domain::gate::{GateEvent, OwnCounts, PublicNoun};

impl Voice<'_> {
    pub(super) fn of_gate(&self, event: &GateEvent) -> String {
        match event {
            GateEvent::RulesSet { rules, own } => {
                let OwnCounts { block, warn, slip } = own;
                self.say(
                    format!("启用检查规则 {rules}：本单位词表拦截 {block}、提示 {warn}、错敏 {slip} 个词"),
                    format!(
                        "put the rules {rules} of the gate in force: own words {block} that block, {warn} that warn, {slip} wrong forms"
                    ),
                )
            }
            GateEvent::WordsConfirmed { noun, rules, findings } => {
                let (noun, count) = (self.noun(noun), findings.len());
                self.say(
                    format!("核对了关口对{noun}的 {count} 处提示，确认可以直接公开（检查规则 {rules}）"),
                    format!(
                        "looked at what the gate found in {noun} ({count} places) and confirmed that it may be public at once (rules {rules})"
                    ),
                )
            }
        }
    }

    fn noun(&self, noun: &PublicNoun) -> String {
        match noun {
            PublicNoun::Entry(id) => {
                let entry = self.entry(id);
                self.say(format!("公开目录项{entry}"), format!("the catalogue entry {entry}"))
            }
            PublicNoun::Channel(name) => {
                let channel = self.channels(std::slice::from_ref(name));
                self.say(format!("频道{channel}"), format!("the channel {channel}"))
            }
            PublicNoun::Profile => self.say("单位信息".to_owned(), "the office's profile".to_owned()),
        }
    }
}
