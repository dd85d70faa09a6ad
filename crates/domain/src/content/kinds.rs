//! The kinds, each in one place: its fields, their labels, and what may not be missing.

use super::fields::{Choice, FieldSpec, Shape};
use crate::lang::Lang;
use crate::time::Date;
use serde::{Deserialize, Serialize};

/// Turns a list of fields into a struct and its description, so that neither can be changed without the other.
/// An optional field (`may`) is an `Option`, which serde lets be missing.
macro_rules! record {
    ($(#[$doc:meta])* $name:ident { $( $field:ident : $ty:ty = $shape:expr, $need:ident, $zh:literal, $en:literal; )* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $( #[doc = $en] pub $field: $ty, )*
        }
        impl $name {
            /// The fields in the order of a form.
            pub const FIELDS: &'static [FieldSpec] = &[
                $( FieldSpec { name: stringify!($field), zh: $zh, en: $en, shape: $shape, required: record!(@$need) }, )*
            ];
        }
    };
    (@must) => { true };
    (@may) => { false };
}

record! {
    /// Notice (公告/通知).
    Notice {
        title: String = Shape::Line, must, "标题", "Title";
        body: String = Shape::Markdown, must, "正文", "Body";
        department: String = Shape::Line, must, "发布部门", "Issuing department";
        date: Date = Shape::Date, must, "发布日期", "Date of issue";
    }
}

record! {
    /// Service guide (办事指南).
    ServiceGuide {
        title: String = Shape::Line, must, "事项名称", "Matter";
        applicants: String = Shape::Text, must, "申请对象", "Who may apply";
        materials: Vec<String> = Shape::Lines, must, "申请材料", "Materials";
        steps: Vec<String> = Shape::Lines, must, "办理流程", "Steps";
        legal_basis: String = Shape::Text, must, "法律依据", "Legal basis";
        place: String = Shape::Line, must, "办理地点", "Place";
        hours: String = Shape::Line, must, "办理时间", "Hours";
        phone: String = Shape::Line, must, "咨询电话", "Enquiry phone";
        statutory_limit: String = Shape::Line, must, "法定时限", "Statutory time limit";
        committed_limit: String = Shape::Line, must, "承诺时限", "Committed time limit";
        fee: String = Shape::Line, must, "收费标准", "Fee";
        fee_basis: String = Shape::Line, must, "收费依据", "Basis of the fee";
        result: String = Shape::Line, must, "办理结果", "Result";
        complaint: String = Shape::Line, must, "投诉渠道", "Complaint channel";
    }
}

record! {
    /// Service commitment (服务承诺).
    ServiceCommitment {
        matter: String = Shape::Line, must, "事项或窗口", "Matter or window";
        promise: String = Shape::Text, must, "承诺内容", "The promise";
        figure: String = Shape::Line, must, "承诺数值", "Figure";
        unit: String = Shape::Line, must, "单位", "Unit";
        measure: String = Shape::Line, must, "衡量标准", "How it is measured";
        complaint: String = Shape::Line, must, "投诉渠道", "Complaint channel";
    }
}

record! {
    /// Window board (窗口公示): the ten elements that hang at a window, and its number.
    WindowBoard {
        window: String = Shape::Line, must, "窗口号", "Window";
        title: String = Shape::Line, must, "窗口名称", "Name";
        duties: String = Shape::Text, must, "分担职责", "Duties";
        matters: String = Shape::Text, must, "办理事项", "Matters handled";
        process: String = Shape::Text, must, "办理流程", "Process";
        phone: String = Shape::Line, must, "咨询电话", "Enquiry phone";
        working_rules: String = Shape::Text, must, "工作规范", "Working rules";
        responsibilities: String = Shape::Text, must, "岗位职责", "Post responsibilities";
        commitment: String = Shape::Text, must, "服务承诺", "Service commitment";
        fees: String = Shape::Text, must, "收费标准", "Fee standard";
        discipline: String = Shape::Text, must, "办事纪律", "Discipline";
        supervision: String = Shape::Text, must, "监督渠道", "Supervision channel";
        on_post: Option<String> = Shape::Line, may, "值守人员", "On post";
    }
}

record! {
    /// One power of a power list (权力清单).
    PowerEntry {
        subject: String = Shape::Line, must, "行政主体", "Administrative subject";
        power_type: String = Shape::Line, must, "权力类型", "Type";
        name: String = Shape::Line, must, "权力名称", "Name";
        basis: String = Shape::Text, must, "实施依据", "Basis";
        department: String = Shape::Line, must, "行使部门", "Exercising department";
        process: String = Shape::Text, must, "运行流程", "Process";
        responsibility: String = Shape::Text, must, "责任事项", "Responsibility";
    }
}

record! {
    /// Power list (权力清单): one publication with entries.
    PowerList {
        title: String = Shape::Line, must, "标题", "Title";
        department: String = Shape::Line, must, "发布部门", "Issuing department";
        date: Date = Shape::Date, must, "发布日期", "Date of issue";
        entries: Vec<PowerEntry> = Shape::Rows(PowerEntry::FIELDS), must, "权力事项", "Powers";
    }
}

record! {
    /// One grade of a discretion benchmark.
    DiscretionGrade {
        circumstance: String = Shape::Text, must, "适用情形", "Circumstance";
        grade: String = Shape::Line, must, "裁量等级", "Grade";
        result: String = Shape::Text, must, "裁量结果", "Result";
    }
}

record! {
    /// Discretion benchmark (裁量基准).
    DiscretionBenchmark {
        power: String = Shape::Line, must, "权力事项", "Power";
        entries: Vec<DiscretionGrade> = Shape::Rows(DiscretionGrade::FIELDS), must, "裁量标准", "Grades";
        department: String = Shape::Line, must, "发布部门", "Issuing department";
        date: Date = Shape::Date, must, "发布日期", "Date of issue";
    }
}

record! {
    /// The three public expenses (三公经费), in units of 10,000 yuan.
    ThreePublic {
        abroad: String = Shape::Line, must, "因公出国（境）费（万元）", "Travel abroad (10,000 yuan)";
        vehicles: String = Shape::Line, must, "公务用车费（万元）", "Official vehicles (10,000 yuan)";
        hospitality: String = Shape::Line, must, "公务接待费（万元）", "Official hospitality (10,000 yuan)";
    }
}

/// Which account a finance publication gives.
pub const ACCOUNTS: &[Choice] = &[
    Choice {
        name: "budget",
        zh: "预算",
        en: "Budget",
    },
    Choice {
        name: "final-account",
        zh: "决算",
        en: "Final account",
    },
];

record! {
    /// Finance (财政资金).
    Finance {
        title: String = Shape::Line, must, "标题", "Title";
        year: u16 = Shape::Year, must, "年度", "Year";
        account: String = Shape::Choice(ACCOUNTS), must, "预算或决算", "Budget or final account";
        three_public: ThreePublic = Shape::Group(ThreePublic::FIELDS), must, "“三公”经费", "Three public expenses";
        body: String = Shape::Markdown, must, "说明", "Explanation";
        department: String = Shape::Line, must, "发布部门", "Issuing department";
        date: Date = Shape::Date, must, "发布日期", "Date of issue";
    }
}

/// What a rule publication is: the annual report counts them apart.
pub const RULE_FORMS: &[Choice] = &[
    Choice {
        name: "internal-rule",
        zh: "制度",
        en: "Internal rule",
    },
    Choice {
        name: "guide",
        zh: "指南",
        en: "Guide",
    },
    Choice {
        name: "catalogue",
        zh: "目录",
        en: "Catalogue",
    },
];

record! {
    /// Rule, guide or catalogue (制度/指南/目录).
    Rule {
        title: String = Shape::Line, must, "标题", "Title";
        form: String = Shape::Choice(RULE_FORMS), must, "形式", "Form";
        body: String = Shape::Markdown, must, "正文", "Body";
        department: String = Shape::Line, must, "发布部门", "Issuing department";
        date: Date = Shape::Date, must, "发布日期", "Date of issue";
    }
}

record! {
    /// Personnel (人事).
    Personnel {
        title: String = Shape::Line, must, "标题", "Title";
        body: String = Shape::Markdown, must, "正文", "Body";
        department: String = Shape::Line, must, "发布部门", "Issuing department";
        date: Date = Shape::Date, must, "发布日期", "Date of issue";
    }
}

record! {
    /// Planning (规划计划).
    Planning {
        title: String = Shape::Line, must, "标题", "Title";
        body: String = Shape::Markdown, must, "正文", "Body";
        department: String = Shape::Line, must, "发布部门", "Issuing department";
        date: Date = Shape::Date, must, "发布日期", "Date of issue";
    }
}

record! {
    /// Organisation (机构职能).
    Organisation {
        title: String = Shape::Line, must, "标题", "Title";
        body: String = Shape::Markdown, must, "正文", "Body";
        department: String = Shape::Line, must, "发布部门", "Issuing department";
        date: Date = Shape::Date, must, "发布日期", "Date of issue";
    }
}

record! {
    /// Administrative enforcement (行政执法).
    Enforcement {
        title: String = Shape::Line, must, "标题", "Title";
        body: String = Shape::Markdown, must, "正文", "Body";
        department: String = Shape::Line, must, "发布部门", "Issuing department";
        date: Date = Shape::Date, must, "发布日期", "Date of issue";
    }
}

record! {
    /// Policy interpretation (政策解读).
    Interpretation {
        title: String = Shape::Line, must, "标题", "Title";
        body: String = Shape::Markdown, must, "正文", "Body";
        department: String = Shape::Line, must, "发布部门", "Issuing department";
        date: Date = Shape::Date, must, "发布日期", "Date of issue";
    }
}

/// Makes the closed set: the kind, the body, and the way from JSON to a body of a kind.
macro_rules! kinds {
    ($( $name:ident $slug:literal $zh:literal $en:literal; )*) => {
        /// The kinds of publication. Append, never reorder: the log numbers them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Kind {
            $( #[doc = $en] #[serde(rename = $slug)] $name, )*
        }

        /// The text of one publication in one language. In JSON it is the fields alone: the kind stands beside it.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Body {
            $( #[doc = $en] #[serde(rename = $slug)] $name($name), )*
        }

        impl Kind {
            /// Every kind, in the order of the clerk's menu.
            pub const ALL: &'static [Self] = &[ $( Self::$name, )* ];

            /// Its name in the API.
            #[must_use]
            pub fn slug(self) -> &'static str {
                match self { $( Self::$name => $slug, )* }
            }

            /// Its name for people.
            #[must_use]
            pub fn label(self, lang: Lang) -> &'static str {
                match self { $( Self::$name => if lang == Lang::ZhHans { $zh } else { $en }, )* }
            }

            /// Its fields, in the order of a form.
            #[must_use]
            pub fn fields(self) -> &'static [FieldSpec] {
                match self { $( Self::$name => $name::FIELDS, )* }
            }

            /// Reads a body of this kind from JSON that has passed the check.
            pub(super) fn read(self, value: serde_json::Value) -> Result<Body, serde_json::Error> {
                match self { $( Self::$name => serde_json::from_value(value).map(Body::$name), )* }
            }
        }

        impl Body {
            /// The kind of this body.
            #[must_use]
            pub fn kind(&self) -> Kind {
                match self { $( Self::$name(_) => Kind::$name, )* }
            }

            /// The fields as JSON, as a form or the API shows them.
            #[must_use]
            pub fn to_value(&self) -> serde_json::Value {
                // Structs of text, numbers and lists always have a JSON form.
                match self { $( Self::$name(body) => serde_json::to_value(body).unwrap_or_default(), )* }
            }
        }

        impl std::str::FromStr for Kind {
            type Err = UnknownKind;
            fn from_str(text: &str) -> Result<Self, UnknownKind> {
                match text { $( $slug => Ok(Self::$name), )* _ => Err(UnknownKind(text.chars().take(40).collect())) }
            }
        }
    };
}

/// A kind that is not in the list.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not a kind of publication")]
pub struct UnknownKind(String);

kinds! {
    Notice "notice" "公告" "Notice";
    ServiceGuide "service-guide" "办事指南" "Service guide";
    ServiceCommitment "service-commitment" "服务承诺" "Service commitment";
    WindowBoard "window-board" "窗口公示" "Window board";
    PowerList "power-list" "权力清单" "Power list";
    DiscretionBenchmark "discretion-benchmark" "裁量基准" "Discretion benchmark";
    Finance "finance" "财政资金" "Finance";
    Personnel "personnel" "人事信息" "Personnel";
    Planning "planning" "规划计划" "Planning";
    Organisation "organisation" "机构职能" "Organisation";
    Enforcement "enforcement" "行政执法" "Enforcement";
    Interpretation "interpretation" "政策解读" "Interpretation";
    Rule "rule" "制度规定" "Rule";
}
