//! What a record of the log is about, and which kind of deed it tells of.

use heliograph_domain::catalogue::CatalogueEvent;
use heliograph_domain::channel::ChannelEvent;
use heliograph_domain::display::DisplayEvent;
use heliograph_domain::gate::{GateEvent, PublicNoun};
use heliograph_domain::ledger::LedgerEvent;
use heliograph_domain::publication::PublicationEvent;
use heliograph_domain::site::SiteEvent;
use heliograph_domain::staff::StaffEvent;
use heliograph_domain::working_days::CalendarEvent;
use heliograph_domain::{CatalogueEntryId, ChannelName, DisplayId, Event, Lang, PublicationId, StaffId};

/// What a deed was done to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    Publication(PublicationId),
    Display(DisplayId),
    Staff(StaffId),
    /// How a person is let in.
    Account(StaffId),
    Channel(ChannelName),
    Entry(CatalogueEntryId),
    Calendar(u16),
    /// Who signs in with a second factor.
    Policy,
    Site,
    /// The rules of the confidentiality gate.
    Gate,
    Ledger,
}

/// The kinds of things that deeds are done to, as a search names them.
pub(crate) const WHATS: [(&str, &str, &str); 10] = [
    ("publication", "公开信息", "Publications"),
    ("display", "屏幕", "Displays"),
    ("staff", "人员", "Staff"),
    ("account", "登录与账号", "Sign-in and accounts"),
    ("catalogue", "公开目录", "The catalogue"),
    ("channel", "频道", "Channels"),
    ("calendar", "工作日历", "The calendar"),
    ("site", "单位", "The office"),
    ("gate", "检查规则", "Rules of the gate"),
    ("ledger", "公开台账", "The public ledger"),
];

impl Subject {
    /// Its kind, one of [`WHATS`].
    pub(crate) fn what(&self) -> &'static str {
        match self {
            Self::Publication(_) => "publication",
            Self::Display(_) => "display",
            Self::Staff(_) => "staff",
            Self::Account(_) | Self::Policy => "account",
            Self::Channel(_) => "channel",
            Self::Entry(_) => "catalogue",
            Self::Calendar(_) => "calendar",
            Self::Site => "site",
            Self::Gate => "gate",
            Self::Ledger => "ledger",
        }
    }

    /// Its name for ever.
    pub(crate) fn id(&self) -> String {
        match self {
            Self::Publication(id) => id.to_string(),
            Self::Display(id) => id.to_string(),
            Self::Staff(id) | Self::Account(id) => id.to_string(),
            Self::Channel(name) => name.to_string(),
            Self::Entry(id) => id.to_string(),
            Self::Calendar(year) => year.to_string(),
            Self::Policy => "second-factor".to_owned(),
            Self::Site => "site".to_owned(),
            Self::Gate => "gate".to_owned(),
            Self::Ledger => "ledger".to_owned(),
        }
    }
}

macro_rules! deeds {
    ($( $name:ident $slug:literal $zh:literal $en:literal; )*) => {
        /// A kind of deed. A new kind of fact gets its own here, in [`deed_of`] and in `sentence.rs`: the compiler asks for it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        pub(crate) enum Deed { $( $name, )* }

        impl Deed {
            /// Every kind, in the order of the list.
            pub(crate) const ALL: &[Self] = &[ $( Self::$name, )* ];

            /// Its name in the API.
            pub(crate) fn slug(self) -> &'static str {
                match self { $( Self::$name => $slug, )* }
            }

            /// Its name for people.
            pub(crate) fn label(self, lang: Lang) -> &'static str {
                match self { $( Self::$name => if lang == Lang::ZhHans { $zh } else { $en }, )* }
            }
        }
    };
}

deeds! {
    Submitted "submitted" "送审" "Handed in";
    WritersNamed "writers-named" "注明合写人" "Co-writers named";
    Scanned "gate-scanned" "关口检查" "Looked through by the gate";
    Overridden "gate-overridden" "放行拦截" "Let past the gate";
    Reviewed "reviewed" "保密审查" "Cleared for confidentiality";
    Countersigned "countersigned" "会审" "Countersigned";
    Approved "approved" "审批" "Approved";
    Returned "returned" "退回" "Returned";
    Released "released" "发布" "Released";
    Amended "amended" "更新发布" "Amended";
    Rescheduled "rescheduled" "调整播出" "Rescheduled";
    Withdrawn "withdrawn" "撤回" "Withdrawn";
    Explained "withdrawal-explained" "说明撤回理由" "Withdrawal explained";
    ErasureAsked "erasure-requested" "申请删除" "Erasure asked for";
    ErasureDeclined "erasure-declined" "驳回删除" "Erasure declined";
    Erased "erased" "删除内容" "Erased";
    CountersignersNamed "countersigners-named" "指定会审处室" "Departments asked to countersign";
    StoodIn "stood-in" "代理" "Stood in for somebody";
    SubstituteNamed "substitute-named" "指定代理人" "Substitute named";
    SubstituteEnded "substitute-ended" "结束代理" "Substitute ended";
    EntryDefined "entry-defined" "设置目录项" "Catalogue entry set";
    ChannelsProposed "usual-channels-set" "设置常用频道" "Usual channels set";
    ChannelDefined "channel-defined" "设置频道" "Channel set";
    Enrolled "display-enrolled" "登记屏幕" "Display enrolled";
    DisplaySet "display-set" "设置屏幕" "Display set";
    MachineReplaced "machine-replaced" "更换设备" "Machine replaced";
    Revoked "display-revoked" "吊销设备" "Machine shut out";
    Retired "display-retired" "停用屏幕" "Display retired";
    Appointed "appointed" "设置人员" "Staff set";
    Disabled "disabled" "停用账户" "Account disabled";
    Enabled "enabled" "启用账户" "Account enabled";
    Left "left" "离任" "Left";
    FactorRequired "second-factor-required" "规定两步验证" "Second factor required";
    PasswordSet "password-set" "设置密码" "Password set";
    FactorReset "second-factor-reset" "重置验证码" "Second factor reset";
    SignOnSet "sign-on-set" "设置统一登录编号" "Sign-on id set";
    ProfileSet "profile-set" "设置单位信息" "Office set";
    Blanked "blanked" "全部黑场" "Blanked";
    Unblanked "unblanked" "恢复播出" "Brought back";
    DaysSet "calendar-set" "设置工作日历" "Calendar set";
    RulesSet "gate-rules-set" "设置检查规则" "Rules of the gate set";
    Voided "reviews-voided" "审查作废" "Reviews voided";
    WordsConfirmed "words-confirmed" "确认公开文字" "Public words confirmed";
    Sealed "ledger-sealed" "封存公开台账" "Ledger sealed";
}

impl Deed {
    /// The deed of this name.
    pub(crate) fn of_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|deed| deed.slug() == slug)
    }
}

/// What an event was done to, and which deed it is.
pub(crate) fn deed_of(event: &Event) -> (Subject, Deed) {
    match event {
        Event::Publication(id, event) => (Subject::Publication(*id), of_publication(event)),
        Event::Display(id, event) => (Subject::Display(*id), of_display(event)),
        Event::Catalogue(CatalogueEvent::Defined(entry)) => (Subject::Entry(entry.id.clone()), Deed::EntryDefined),
        Event::Catalogue(CatalogueEvent::UsualChannelsSet { entry, .. }) => {
            (Subject::Entry(entry.clone()), Deed::ChannelsProposed)
        }
        Event::Channel(ChannelEvent::Defined { name, .. }) => (Subject::Channel(name.clone()), Deed::ChannelDefined),
        Event::Staff(event) => of_staff(event),
        Event::Site(event) => (Subject::Site, of_site(event)),
        Event::Ledger(LedgerEvent::Sealed { .. }) => (Subject::Ledger, Deed::Sealed),
        Event::Gate(GateEvent::RulesSet { .. }) => (Subject::Gate, Deed::RulesSet),
        Event::Gate(GateEvent::WordsConfirmed { noun, .. }) => (of_noun(noun), Deed::WordsConfirmed),
        Event::Calendar(CalendarEvent::YearSet(days)) => (Subject::Calendar(days.year), Deed::DaysSet),
    }
}

fn of_noun(noun: &PublicNoun) -> Subject {
    match noun {
        PublicNoun::Entry(id) => Subject::Entry(id.clone()),
        PublicNoun::Channel(name) => Subject::Channel(name.clone()),
        PublicNoun::Profile => Subject::Site,
    }
}

fn of_publication(event: &PublicationEvent) -> Deed {
    use PublicationEvent as P;
    match event {
        P::Submitted { .. } => Deed::Submitted,
        P::ConfidentialityReviewed { .. } => Deed::Reviewed,
        P::Countersigned { .. } | P::DepartmentCountersigned { .. } => Deed::Countersigned,
        P::CountersignersNamed { .. } => Deed::CountersignersNamed,
        P::StoodIn { .. } => Deed::StoodIn,
        P::Approved { .. } => Deed::Approved,
        P::Rejected { .. } => Deed::Returned,
        P::Released(_) => Deed::Released,
        P::Amended { .. } => Deed::Amended,
        P::Rescheduled { .. } => Deed::Rescheduled,
        P::Withdrawn { .. } => Deed::Withdrawn,
        P::WithdrawalExplained { .. } => Deed::Explained,
        P::ErasureRequested { .. } => Deed::ErasureAsked,
        P::ErasureDeclined { .. } => Deed::ErasureDeclined,
        P::ContentErased { .. } => Deed::Erased,
        P::ContributorsNamed { .. } => Deed::WritersNamed,
        P::GateScanned { .. } => Deed::Scanned,
        P::GateOverridden { .. } => Deed::Overridden,
        P::ReviewsVoided { .. } => Deed::Voided,
    }
}

fn of_display(event: &DisplayEvent) -> Deed {
    match event {
        DisplayEvent::Enrolled { .. } => Deed::Enrolled,
        DisplayEvent::SettingChanged(_) => Deed::DisplaySet,
        DisplayEvent::Retired => Deed::Retired,
        DisplayEvent::MachineReplaced { .. } => Deed::MachineReplaced,
        DisplayEvent::CredentialRevoked | DisplayEvent::CredentialRevokedFor { .. } => Deed::Revoked,
    }
}

fn of_staff(event: &StaffEvent) -> (Subject, Deed) {
    match event {
        StaffEvent::Appointed { id, .. } => (Subject::Staff(id.clone()), Deed::Appointed),
        StaffEvent::Left { id } => (Subject::Staff(id.clone()), Deed::Left),
        StaffEvent::Disabled { id } => (Subject::Account(id.clone()), Deed::Disabled),
        StaffEvent::Enabled { id } => (Subject::Account(id.clone()), Deed::Enabled),
        StaffEvent::PasswordSet { id, .. } => (Subject::Account(id.clone()), Deed::PasswordSet),
        StaffEvent::SecondFactorReset { id, .. } => (Subject::Account(id.clone()), Deed::FactorReset),
        StaffEvent::SignOnSet { id, .. } => (Subject::Account(id.clone()), Deed::SignOnSet),
        StaffEvent::SecondFactorRequired { .. } => (Subject::Policy, Deed::FactorRequired),
        StaffEvent::SubstituteNamed { id, .. } => (Subject::Staff(id.clone()), Deed::SubstituteNamed),
        StaffEvent::SubstituteEnded { id } => (Subject::Staff(id.clone()), Deed::SubstituteEnded),
    }
}

fn of_site(event: &SiteEvent) -> Deed {
    match event {
        SiteEvent::ProfileSet { .. } => Deed::ProfileSet,
        SiteEvent::Blanked => Deed::Blanked,
        SiteEvent::Unblanked => Deed::Unblanked,
    }
}
