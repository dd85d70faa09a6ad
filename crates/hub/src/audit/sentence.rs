//! Every fact of the log as a plain sentence, in the reader's language. What was erased shows as erased.

use crate::directory;
use crate::library::Library;
use crate::office::Office;
use crate::readers;
use crate::state::State;
use heliograph_domain::catalogue::{Cadence, CatalogueEntry, CatalogueEvent};
use heliograph_domain::channel::ChannelEvent;
use heliograph_domain::display::{DisplayEvent, DisplaySetting};
use heliograph_domain::gate::{Class, Finding};
use heliograph_domain::ledger::LedgerEvent;
use heliograph_domain::publication::{PublicationEvent, Release};
use heliograph_domain::site::{SiteEvent, SiteProfile};
use heliograph_domain::staff::Role;
use heliograph_domain::time::Window;
use heliograph_domain::working_days::CalendarEvent;
use heliograph_domain::{
    CatalogueEntryId, ChannelName, ContentHash, DepartmentId, DisplayId, Event, Instant, Lang, PublicationId, StaffId,
};
use std::collections::BTreeSet;
use std::sync::Arc;

mod gate;
mod staff;

/// What acts without a person, by the name that the log has for it.
pub(crate) fn by_itself(id: &str, lang: Lang) -> Option<&'static str> {
    let (zh, en) = match id {
        "hub" => ("系统（自动）", "the hub, by itself"),
        "retention" => ("系统（保存期限）", "the hub, as texts were kept long enough"),
        "console" => ("控制台", "the console"),
        _ => return None,
    };
    Some(if lang == Lang::ZhHans { zh } else { en })
}

/// Who tells the facts, in one language.
pub(crate) struct Voice<'o> {
    office: &'o Office,
    pub(super) state: Arc<State>,
    pub(super) profile: Option<Arc<SiteProfile>>,
    /// Texts and reasons that the reader may not read yet.
    hidden: BTreeSet<ContentHash>,
    pub(super) lang: Lang,
}

impl<'o> Voice<'o> {
    /// For somebody, in this language.
    pub(crate) fn for_reader(office: &'o Office, person: &StaffId, lang: Lang) -> Self {
        let (whole, state) = (office.state(), office.state_for(person));
        let profile = state
            .site
            .as_ref()
            .and_then(|site| office.library.profile(&site.profile));
        Self {
            hidden: readers::hidden(&whole, &state),
            office,
            state,
            profile,
            lang,
        }
    }

    pub(super) fn say(&self, zh: String, en: String) -> String {
        if self.lang == Lang::ZhHans { zh } else { en }
    }

    fn library(&self) -> &Library {
        &self.office.library
    }

    /// A person's name; what there is of whom the directory has forgotten, and of what acts by itself.
    pub(crate) fn person(&self, id: &str) -> String {
        if let Some(name) = by_itself(id, self.lang) {
            return name.to_owned();
        }
        let parsed = id.parse::<StaffId>().ok();
        let listing = parsed.and_then(|id| directory::find(&*self.office.log, &id).ok().flatten());
        match listing
            .map(|listing| listing.name.get(self.lang).to_owned())
            .filter(|name| !name.is_empty())
        {
            Some(name) => name,
            None => self.say(format!("{id}（姓名已删除）"), format!("{id} (name erased)")),
        }
    }

    /// `《…》` of a text; erased, it says so.
    fn text(&self, hash: &ContentHash) -> String {
        if self.hidden.contains(hash) {
            return self.say("一条未发布的信息".to_owned(), "a text that is not released".to_owned());
        }
        match self.library().digest(hash) {
            Some(digest) => self.quoted(digest.title(self.lang)),
            None => self.say(
                "内容已删除的信息".to_owned(),
                "a publication whose text is erased".to_owned(),
            ),
        }
    }

    fn quoted(&self, text: &str) -> String {
        self.say(format!("《{text}》"), format!("“{text}”"))
    }

    /// A publication by the title that it has now, or had last.
    pub(crate) fn publication(&self, id: PublicationId) -> String {
        let last = self.state.publications.get(&id).and_then(|dossier| dossier.last_text());
        match last {
            Some(hash) => self.text(&hash),
            None => self.say(format!("未发布的信息 {id}"), format!("the unreleased text {id}")),
        }
    }

    /// `，理由：…`
    fn because(&self, reason: &str) -> String {
        self.say(format!("，理由：{reason}"), format!(", because: {reason}"))
    }

    fn because_of(&self, hash: &ContentHash) -> String {
        if self.hidden.contains(hash) {
            return String::new();
        }
        let object = self.library().object(hash);
        match object.map(|object| String::from_utf8_lossy(&object.bytes).into_owned()) {
            Some(reason) => self.because(&reason),
            None => self.say("，理由已删除".to_owned(), ", for a reason that is erased".to_owned()),
        }
    }

    pub(super) fn channels<'c>(&self, names: impl IntoIterator<Item = &'c ChannelName>) -> String {
        let titles = &self.state.channels.titles;
        let title = |name: &ChannelName| {
            titles
                .get(name)
                .map_or_else(|| name.to_string(), |title| title.get(self.lang).to_owned())
        };
        let named: Vec<String> = names.into_iter().map(title).collect();
        named.join(if self.lang == Lang::ZhHans { "、" } else { ", " })
    }

    pub(super) fn entry(&self, id: &CatalogueEntryId) -> String {
        let entry = self.state.catalogue.entries.get(id);
        let text = entry.and_then(|entry| self.library().entry_text(&entry.text));
        self.quoted(text.as_ref().map_or(id.as_str(), |text| text.name.get(self.lang)))
    }

    pub(crate) fn display(&self, id: DisplayId) -> String {
        match self.state.displays.get(&id) {
            Some(known) => self.quoted(known.display.setting.name.get(self.lang)),
            None => id.to_string(),
        }
    }

    fn department(&self, id: &DepartmentId) -> String {
        let known = self.profile.as_ref().and_then(|profile| profile.departments.get(id));
        known.map_or_else(|| id.to_string(), |name| name.get(self.lang).to_owned())
    }

    fn roles(&self, roles: &BTreeSet<Role>) -> String {
        let labels: Vec<&str> = roles.iter().map(|role| role.label(self.lang)).collect();
        labels.join(if self.lang == Lang::ZhHans { "、" } else { ", " })
    }

    /// The office's date and time of an instant: `2026-11-27 09:30`.
    pub(crate) fn time(&self, at: Instant) -> String {
        let (date, ms) = crate::calendar::civil(self.profile.as_deref(), at);
        format!("{date} {:02}:{:02}", ms / 3_600_000, ms / 60_000 % 60)
    }

    /// When something ends: a midnight is the end of the day before, as every page says it.
    fn end(&self, at: Instant) -> String {
        let (_, ms) = crate::calendar::civil(self.profile.as_deref(), at);
        if ms >= 60_000 {
            return self.time(at);
        }
        let (date, _) = crate::calendar::civil(self.profile.as_deref(), Instant(at.0.saturating_sub(1)));
        format!("{date} 24:00")
    }

    /// A day of the office's calendar.
    fn day(&self, at: Instant) -> String {
        crate::calendar::civil(self.profile.as_deref(), at).0.to_string()
    }

    /// What was done, without who did it and when.
    pub(crate) fn sentence(&self, event: &Event) -> String {
        match event {
            Event::Publication(id, event) => self.of_publication(*id, event),
            Event::Display(id, event) => self.of_display(*id, event),
            Event::Catalogue(event) => self.of_catalogue(event),
            Event::Channel(ChannelEvent::Defined { name, title }) => {
                let title = self.quoted(title.get(self.lang));
                self.say(
                    format!("设置频道{title}（{name}）"),
                    format!("set the channel {title} ({name})"),
                )
            }
            Event::Staff(event) => self.of_staff(event),
            Event::Site(event) => self.of_site(event),
            Event::Ledger(LedgerEvent::Sealed { size, .. }) => self.say(
                format!("把公开台账封存到第 {size} 条"),
                format!("sealed the public ledger at {size} entries"),
            ),
            Event::Gate(event) => self.of_gate(event),
            Event::Calendar(CalendarEvent::YearSet(days)) => {
                let (year, off, worked) = (days.year, days.off.len(), days.worked.len());
                self.say(
                    format!("设置 {year} 年工作日历：放假 {off} 天，周末上班 {worked} 天"),
                    format!("set the calendar of {year}: {off} days off, {worked} weekend days worked"),
                )
            }
        }
    }

    fn of_publication(&self, id: PublicationId, event: &PublicationEvent) -> String {
        use PublicationEvent as P;
        match event {
            P::Submitted { content, kind, by, .. } => {
                let (text, kind, by) = (self.text(content), kind.label(self.lang), self.person(by.as_str()));
                self.say(
                    format!("送审{text}（{kind}，拟稿人{by}）"),
                    format!("handed in {text} ({kind}, by {by})"),
                )
            }
            P::ContributorsNamed {
                content, contributors, ..
            } => {
                let who: Vec<String> = contributors.iter().map(|id| self.person(id.as_str())).collect();
                let (text, who_zh, who_en) = (self.text(content), who.join("、"), who.join(", "));
                self.say(
                    format!("注明{text}的合写人：{who_zh}"),
                    format!("named who else wrote in {text}: {who_en}"),
                )
            }
            P::ConfidentialityReviewed { content, .. } => {
                self.on(content, "保密审查通过", "", "cleared ", " for confidentiality")
            }
            P::Countersigned { content, .. } => self.on(content, "会审通过", "", "countersigned ", ""),
            P::CountersignersNamed { .. } | P::DepartmentCountersigned { .. } | P::StoodIn { .. } => {
                self.of_several(id, event)
            }
            P::Approved { content, .. } => self.on(content, "审批通过", "", "approved ", ""),
            P::Rejected { content, reason, .. } => {
                self.on(content, "退回", "", "returned ", " to its author") + &self.because_of(reason)
            }
            P::Released(release) => self.of_release(release),
            P::Rescheduled {
                content,
                channels,
                window,
                ..
            } => {
                let (text, channels) = (self.text(content), self.channels(channels));
                let said = self.say(
                    format!("将{text}的播出调整为{channels}，"),
                    format!("had {text} shown on {channels} instead, "),
                );
                said + &self.window(*window)
            }
            P::Amended { content, .. } => self.on(
                content,
                "以",
                "更新了发布的内容",
                "put ",
                " in the place of the released text",
            ),
            P::GateScanned { .. } | P::GateOverridden { .. } | P::ReviewsVoided { .. } => self.of_the_gate(event),
            P::Withdrawn { .. } | P::WithdrawalExplained { .. } => self.of_withdrawal(id, event),
            P::ErasureRequested { .. } | P::ErasureDeclined { .. } | P::ContentErased { .. } => {
                self.of_erasure(id, event)
            }
        }
    }

    /// What the gate found, and what followed from it.
    fn of_the_gate(&self, event: &PublicationEvent) -> String {
        use PublicationEvent as P;
        match event {
            P::GateScanned { content, findings, .. } => self.of_scan(content, findings),
            P::ReviewsVoided {
                content,
                rules,
                findings,
                ..
            } => {
                let (text, count) = (self.text(content), findings.len());
                self.say(
                    format!("检查规则更新为 {rules}，重新检查{text}（发现 {count} 处），需重新审查"),
                    format!("had {text} looked through by the new rules {rules} ({count} places found): it is to be reviewed again"),
                )
            }
            P::GateOverridden {
                content,
                findings,
                reason,
                ..
            } => {
                let (text, count) = (self.text(content), findings.len());
                let said = self.say(
                    format!("放行了保密审查关口拦截的{text}（{count} 处）"),
                    format!("let {text} past the gate, which blocked it in {count} places"),
                );
                said + &self.because_of(reason)
            }
            _ => String::new(),
        }
    }

    /// What several people or departments have a part in.
    fn of_several(&self, id: PublicationId, event: &PublicationEvent) -> String {
        use PublicationEvent as P;
        let comma = if self.lang == Lang::ZhHans { "、" } else { ", " };
        match event {
            P::CountersignersNamed {
                content, departments, ..
            } => {
                let named: Vec<String> = departments.iter().map(|it| self.department(it)).collect();
                let (text, named) = (self.text(content), named.join(comma));
                self.say(
                    format!("请{named}会审{text}"),
                    format!("asked {named} to countersign {text}"),
                )
            }
            P::DepartmentCountersigned {
                content, department, ..
            } => {
                let (text, department) = (self.text(content), self.department(department));
                self.say(
                    format!("代表{department}会审通过{text}"),
                    format!("countersigned {text} for {department}"),
                )
            }
            P::StoodIn { content, person, .. } => {
                let text = content
                    .as_ref()
                    .map_or_else(|| self.publication(id), |hash| self.text(hash));
                let person = self.person(person.as_str());
                self.say(
                    format!("代{person}办理{text}的下一步"),
                    format!("took the next step with {text} in the stead of {person}"),
                )
            }
            _ => String::new(),
        }
    }

    /// A sentence around a text's title.
    fn on(&self, content: &ContentHash, zh: &str, zh_after: &str, en: &str, en_after: &str) -> String {
        let text = self.text(content);
        self.say(format!("{zh}{text}{zh_after}"), format!("{en}{text}{en_after}"))
    }

    fn of_release(&self, release: &Release) -> String {
        let (text, channels) = (self.text(&release.content), self.channels(&release.channels));
        let said = self.say(
            format!("发布{text}到{channels}，"),
            format!("released {text} to {channels}, "),
        );
        said + &self.window(release.window)
    }

    fn window(&self, window: Window) -> String {
        let from = self.time(window.from);
        match window.until.map(|until| self.end(until)) {
            Some(until) => self.say(format!("自 {from} 至 {until}"), format!("from {from} until {until}")),
            None => self.say(format!("自 {from}起长期有效"), format!("from {from} for good")),
        }
    }

    fn of_scan(&self, content: &ContentHash, findings: &[Finding]) -> String {
        let text = self.text(content);
        let blocking = findings.iter().filter(|finding| finding.class == Class::Block).count();
        let others = findings.len() - blocking;
        self.say(
            format!("保密审查关口检查{text}：拦截 {blocking} 处，提示 {others} 处"),
            format!("had {text} looked through by the gate: {blocking} places blocked, {others} to look at"),
        )
    }

    fn of_withdrawal(&self, id: PublicationId, event: &PublicationEvent) -> String {
        let text = self.publication(id);
        match event {
            PublicationEvent::Withdrawn {
                reason: Some(reason), ..
            } => self.say(format!("撤回{text}"), format!("withdrew {text}")) + &self.because_of(reason),
            PublicationEvent::WithdrawalExplained { reason, .. } => {
                self.say(
                    format!("补充说明撤回{text}"),
                    format!("explained why {text} was withdrawn"),
                ) + &self.because_of(reason)
            }
            _ => self.say(
                format!("撤回{text}，暂无理由"),
                format!("withdrew {text}, without a reason so far"),
            ),
        }
    }

    fn of_erasure(&self, id: PublicationId, event: &PublicationEvent) -> String {
        let text = self.publication(id);
        match event {
            PublicationEvent::ContentErased {
                requested_by,
                contents,
                reason,
                ..
            } => {
                let (asked, count) = (self.person(requested_by.as_str()), contents.len());
                let said = self.say(
                    format!("删除一条信息的 {count} 项内容（申请人{asked}）"),
                    format!("erased {count} texts and pictures of a publication, as {asked} had asked"),
                );
                said + &self.because(reason)
            }
            PublicationEvent::ErasureRequested { reason, .. } => {
                self.say(
                    format!("申请删除{text}的内容"),
                    format!("asked that the texts of {text} be erased"),
                ) + &self.because(reason)
            }
            _ => self.say(format!("驳回删除{text}的申请"), format!("declined to erase {text}")),
        }
    }

    fn of_display(&self, id: DisplayId, event: &DisplayEvent) -> String {
        let named = self.display(id);
        match event {
            DisplayEvent::Enrolled { setting, .. } => {
                let setting = self.setting(setting);
                self.say(format!("登记屏幕{setting}"), format!("enrolled the display {setting}"))
            }
            DisplayEvent::SettingChanged(setting) => {
                let setting = self.setting(setting);
                self.say(format!("设置屏幕{setting}"), format!("set the display {setting}"))
            }
            DisplayEvent::Retired => self.say(format!("停用屏幕{named}"), format!("retired the display {named}")),
            DisplayEvent::MachineReplaced { .. } => self.say(
                format!("更换屏幕{named}的设备"),
                format!("put another machine in the place of {named}"),
            ),
            DisplayEvent::CredentialRevoked => self.say(
                format!("吊销屏幕{named}的设备"),
                format!("shut the machine of {named} out"),
            ),
            DisplayEvent::CredentialRevokedFor { reason } => {
                self.say(
                    format!("吊销屏幕{named}的设备"),
                    format!("shut the machine of {named} out"),
                ) + &self.because(reason)
            }
        }
    }

    fn setting(&self, setting: &DisplaySetting) -> String {
        let (name, place) = (
            self.quoted(setting.name.get(self.lang)),
            setting.location.get(self.lang),
        );
        let channels = self.channels(&setting.channels);
        self.say(
            format!("{name}（{place}，收看{channels}）"),
            format!("{name} ({place}, tuned to {channels})"),
        )
    }

    fn of_catalogue(&self, event: &CatalogueEvent) -> String {
        match event {
            CatalogueEvent::Defined(entry) => self.of_entry(entry),
            CatalogueEvent::UsualChannelsSet { entry, channels } => {
                let (entry, to) = (self.entry(entry), self.channels(channels));
                match channels.is_empty() {
                    true => self.say(
                        format!("取消公开目录项{entry}的常用频道"),
                        format!("took the usual channels of {entry} away"),
                    ),
                    false => self.say(
                        format!("设置公开目录项{entry}的常用频道：{to}"),
                        format!("set the usual channels of {entry}: {to}"),
                    ),
                }
            }
        }
    }

    fn of_entry(&self, entry: &CatalogueEntry) -> String {
        let text = self.library().entry_text(&entry.text);
        let name = self.quoted(text.as_ref().map_or(entry.id.as_str(), |text| text.name.get(self.lang)));
        let (number, person) = (&entry.index_number, self.person(entry.responsible.as_str()));
        let cadence = match entry.cadence {
            Cadence::Regular { period_months } => {
                let usual = [
                    (1, "每月", "monthly"),
                    (3, "每季", "quarterly"),
                    (6, "每半年", "half-yearly"),
                    (12, "每年", "yearly"),
                ];
                match usual.into_iter().find(|(months, ..)| *months == period_months) {
                    Some((_, zh, en)) => self.say(format!("{zh}公开"), en.to_owned()),
                    None => self.say(
                        format!("每 {period_months} 个月公开"),
                        format!("every {period_months} months"),
                    ),
                }
            }
            Cadence::AdHoc { within_working_days } => self.say(
                format!("{within_working_days} 个工作日内公开"),
                format!("within {within_working_days} working days"),
            ),
            Cadence::Standing => self.say("长期公开".to_owned(), "for long".to_owned()),
        };
        self.say(
            format!("设置公开目录项{name}（{number}，{cadence}，负责人{person}）"),
            format!("set the catalogue entry {name} ({number}, {cadence}, in the hands of {person})"),
        )
    }

    fn of_site(&self, event: &SiteEvent) -> String {
        match event {
            SiteEvent::ProfileSet { profile, .. } => {
                let known = self.library().profile_at(profile);
                let name = known
                    .map(|profile| self.quoted(profile.name.get(self.lang)))
                    .unwrap_or_default();
                self.say(
                    format!("设置单位信息{name}"),
                    format!("set the office's profile {name}").trim_end().to_owned(),
                )
            }
            SiteEvent::Blanked => self.say("让全部屏幕黑场".to_owned(), "blanked every display".to_owned()),
            SiteEvent::Unblanked => self.say(
                "恢复全部屏幕的播出".to_owned(),
                "brought the programmes back".to_owned(),
            ),
        }
    }
}
