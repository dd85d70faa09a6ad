//! What went wrong, told to the caller: RFC 9457 problem details in the caller's language.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use heliograph_domain::Lang;
use heliograph_domain::content::FieldError;
use heliograph_domain::display::DisplayRefused;
use heliograph_domain::publication::{Part, Refused};
use heliograph_domain::staff::Verb;
use serde_json::{Value, json};
use std::fmt::Display;

/// A sentence in both languages of the interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    /// Chinese.
    pub(crate) zh: String,
    /// English.
    pub(crate) en: String,
}

impl Told {
    pub(crate) fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            zh: zh.into(),
            en: en.into(),
        }
    }

    pub(crate) fn get(&self, lang: Lang) -> &str {
        if lang == Lang::ZhHans { &self.zh } else { &self.en }
    }
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The field's path in the request.
    pub(crate) field: String,
    /// A stable name of the fault.
    pub(crate) code: &'static str,
    /// A sentence for people.
    pub(crate) message: Told,
}

impl Fault {
    pub(crate) fn new(
        field: impl Into<String>,
        code: &'static str,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        Self {
            field: field.into(),
            code,
            message: Told::new(zh, en),
        }
    }

    /// A fault of a publication's content.
    pub(crate) fn of_content(error: &FieldError) -> Self {
        Self::new(
            error.field.clone(),
            error.problem.code(),
            error.message(Lang::ZhHans),
            error.message(Lang::En),
        )
    }
}

/// An answer that is not what the caller wanted.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    /// HTTP status.
    pub(crate) status: StatusCode,
    /// Stable name; the `type` is `urn:heliograph:problem:{kind}`.
    pub(crate) kind: &'static str,
    /// What happened.
    pub(crate) title: Told,
    /// What to do.
    pub(crate) detail: Told,
    /// Fields at fault.
    pub(crate) faults: Vec<Fault>,
    /// How things stand, when the caller's picture was old.
    pub(crate) current: Option<Value>,
    /// When to try again, in seconds.
    pub(crate) retry_after_s: Option<u64>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, kind: &'static str, title: Told, detail: Told) -> Self {
        Self {
            status,
            kind,
            title,
            detail,
            faults: Vec::new(),
            current: None,
            retry_after_s: None,
        }
    }

    /// Fields are wrong; nothing was written.
    pub(crate) fn invalid(faults: Vec<Fault>) -> Self {
        let detail = Told::new(
            faults
                .iter()
                .map(|f| f.message.zh.as_str())
                .collect::<Vec<_>>()
                .join("；"),
            faults
                .iter()
                .map(|f| f.message.en.as_str())
                .collect::<Vec<_>>()
                .join("; "),
        );
        Self {
            faults,
            ..Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid-fields",
                Told::new(
                    "有些内容需要改正，什么也没有保存",
                    "Some fields need correcting; nothing was saved",
                ),
                detail,
            )
        }
    }

    /// One field is wrong.
    pub(crate) fn field(
        field: impl Into<String>,
        code: &'static str,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        Self::invalid(vec![Fault::new(field, code, zh, en)])
    }

    /// The request's body or headers cannot be read.
    pub(crate) fn malformed(field: &str, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            kind: "malformed-request",
            title: Told::new("请求无法读取", "The request cannot be read"),
            ..Self::field(field, code, zh, en)
        }
    }

    /// There is no such thing.
    pub(crate) fn not_found(what_zh: &str, what_en: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            Told::new(format!("没有找到{what_zh}"), format!("{what_en} was not found")),
            Told::new(
                "请检查地址，或回到列表重新选择。",
                "Check the address, or go back to the list and choose again.",
            ),
        )
    }

    /// Nobody is signed in.
    pub(crate) fn unauthorised() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "not-signed-in",
            Told::new("请先登录", "Sign in first"),
            Told::new(
                "登录已失效或没有登录，请重新登录后再试。",
                "You are not signed in, or the session has ended: sign in and try again.",
            ),
        )
    }

    /// This person may not do this.
    pub(crate) fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "not-permitted",
            Told::new("您没有这项权限", "You may not do this"),
            Told::new(
                "如确有需要，请由系统管理员调整您的角色。",
                "If your work needs it, ask an administrator to change your roles.",
            ),
        )
    }

    /// The caller is a machine, and this was not given to its token.
    pub(crate) fn out_of_scope(verb: Verb) -> Self {
        let (zh, en) = (verb.label(Lang::ZhHans), verb.slug());
        Self::new(
            StatusCode::FORBIDDEN,
            "token-scope",
            Told::new("这个令牌不能这样做", "This token may not do this"),
            Told::new(
                format!("令牌的用途里没有“{zh}”。发布、删除和人员管理须由本人登录办理；其他用途请新建令牌。"),
                format!(
                    "`{en}` is not among the token's scopes. Releasing, erasing and looking after staff take a person who is signed in; for anything else make another token."
                ),
            ),
        )
    }

    /// A person has to do this, not a machine.
    pub(crate) fn not_for_tokens() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "not-for-tokens",
            Told::new("须由本人登录办理", "A person has to do this"),
            Told::new(
                "令牌不能代替本人：请登录后办理。",
                "A token does not stand for a person: sign in, then do it.",
            ),
        )
    }

    /// They have to show that it is they.
    pub(crate) fn confirm() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "confirm-identity",
            Told::new("请确认是您本人", "Confirm that it is you"),
            Told::new(
                "这一步须再次输入密码或验证码；程序请先调用 POST /api/v1/sessions/current/confirm。",
                "This step asks for your password or code again; programs call POST /api/v1/sessions/current/confirm first.",
            ),
        )
    }

    /// The office asks more of their roles than a password.
    pub(crate) fn second_factor_required() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "second-factor-required",
            Told::new("请先设置验证码", "Set up a second factor first"),
            Told::new(
                "您的角色须使用两步验证（密码加验证码）：请在“我的账户”中设置验证器。",
                "Your role signs in with a password and a code: set up an authenticator under My account.",
            ),
        )
    }

    /// Somebody else set their password and knows it.
    pub(crate) fn own_password_first() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "own-password-first",
            Told::new("请先设置您自己的密码", "Choose your own password first"),
            Told::new(
                "您的密码是别人设置的，对方知道它。在设置只有您知道的密码之前，不能办理其他事项；程序请先调用 PUT /api/v1/account/password。",
                "Somebody else set your password and knows it. Until you have chosen one that only you know you can do nothing else; programs call PUT /api/v1/account/password first.",
            ),
        )
    }

    /// Too many tries from where the caller is.
    pub(crate) fn too_many_attempts(wait_ms: u64) -> Self {
        let seconds = wait_ms.div_ceil(1000);
        Self {
            retry_after_s: Some(seconds),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-attempts",
                Told::new("尝试次数过多", "Too many attempts"),
                Told::new(
                    format!("从这里输错的次数太多，请 {seconds} 秒后再试。在您登录过的电脑上不受影响。"),
                    format!(
                        "There were too many wrong tries from here: try again in {seconds} seconds. A computer that you signed in with before is not held up."
                    ),
                ),
            )
        }
    }

    /// The caller's picture of the thing is old.
    pub(crate) fn stale(current: Value) -> Self {
        Self {
            current: Some(current),
            ..Self::new(
                StatusCode::PRECONDITION_FAILED,
                "stale",
                Told::new("内容已被更新", "It has changed since you saw it"),
                Told::new(
                    "别人先作了修改。请查看当前内容后再试，您的修改没有保存。",
                    "Someone else was faster. Look at it as it is now and try again; your change was not saved.",
                ),
            )
        }
    }

    /// A step does not follow from where things stand.
    pub(crate) fn conflict(kind: &'static str, detail: Told, current: Option<Value>) -> Self {
        Self {
            current,
            ..Self::new(
                StatusCode::CONFLICT,
                kind,
                Told::new("现在不能这样做", "This cannot be done now"),
                detail,
            )
        }
    }

    /// Too many commands on one thing at once.
    pub(crate) fn busy() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            Told::new("系统正忙", "The system is busy"),
            Told::new(
                "同一事项正被多人同时修改，请稍后再试。",
                "Several people change the same thing at once: try again in a moment.",
            ),
        )
    }

    /// A fault of the program or the machine. Logged here, where it is handled; the caller hears no inside.
    pub(crate) fn internal(error: impl Display) -> Self {
        tracing::error!(%error, "a request could not be served");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            Told::new("系统出错", "Something went wrong here"),
            Told::new(
                "请稍后再试；如仍不行，请告知系统管理员。",
                "Try again later; if it goes on, tell the administrator.",
            ),
        )
    }

    /// A publication refused a command.
    pub(crate) fn refused(refused: &Refused, current: Option<Value>) -> Self {
        let en = refused.to_string();
        match refused {
            Refused::FourEyes { part, .. } => Self {
                status: StatusCode::FORBIDDEN,
                ..Self::conflict("four-eyes", four_eyes(*part), current)
            },
            Refused::FourEyesInStead { .. }
            | Refused::NotSubstitute { .. }
            | Refused::OwnDepartment(_)
            | Refused::NoCountersigner(_)
            | Refused::DepartmentNotAsked
            | Refused::AlreadyCountersigned(_) => Self::refused_together(refused, current),
            Refused::ContentChanged { .. } => Self::stale(current.unwrap_or(Value::Null)),
            Refused::NoChannels => Self::field("channels", "missing", "请至少选择一个频道", en),
            Refused::UnknownChannel(name) => {
                Self::field("channels", "unknown_channel", format!("没有名为“{name}”的频道"), en)
            }
            Refused::WindowBackwards => Self::field("until", "before_from", "结束时间早于开始时间", en),
            Refused::WindowOver => Self::field("until", "over", "结束时间已经过去", en),
            Refused::NotSubmitted => Self::conflict("not-submitted", Told::new("还没有送审的内容", en), current),
            Refused::WrongStage { .. } => {
                Self::conflict("wrong-stage", Told::new("当前环节不能进行这一步", en), current)
            }
            Refused::CountersignatureMissing => {
                Self::conflict("countersignature-missing", Told::new("须先会审再审批", en), current)
            }
            Refused::Blocked => Self::conflict(
                "gate-blocked",
                Told::new("保密审查关口拦截：须先由另一位保密审查人说明理由并放行", en),
                current,
            ),
            Refused::FindingsNotConfirmed => Self::field(
                "findings_confirmed",
                "missing",
                "请逐项核对保密审查关口的提示，并勾选确认",
                en,
            ),
            Refused::RulesChanged { .. } => {
                Self::conflict("rules-changed", Told::new("检查规则已更新，需重新审查", en), current)
            }
            Refused::WindowBegun => Self::field("from", "begun", "已开始播出，只能调整结束时间", en),
            Refused::NotReleased => Self::conflict("not-released", Told::new("这条信息现在不在公开", en), current),
            Refused::AlreadyReleased => Self::conflict(
                "already-released",
                Told::new("已有内容在公开：请用“更新发布”，或先撤回", en),
                current,
            ),
            Refused::StillInUse => Self::conflict(
                "still-in-use",
                Told::new("内容正在发布或办理中：请先撤回或退回，再申请删除", en),
                current,
            ),
            Refused::ErasureNotAsked => Self::conflict(
                "erasure-not-asked",
                Told::new("尚无人申请删除：须由一人申请、另一人执行", en),
                current,
            ),
            Refused::ErasureAsked => Self::conflict(
                "erasure-asked",
                Told::new("已有人申请删除：请确认或驳回该申请", en),
                current,
            ),
        }
    }

    /// A display refused a setting.
    pub(crate) fn display_refused(refused: DisplayRefused) -> Self {
        let en = refused.to_string();
        match refused {
            DisplayRefused::NoChannels => Self::field("channels", "missing", "屏幕至少要收看一个频道", en),
            DisplayRefused::PanelSize => Self::field("panel", "out_of_range", "屏幕宽高应为 8 至 7680 像素", en),
            DisplayRefused::Retired => Self::conflict("retired", Told::new("这块屏幕已停用", en), None),
            DisplayRefused::AlreadyEnrolled => {
                Self::conflict("already-enrolled", Told::new("这块屏幕已经登记", en), None)
            }
        }
    }

    /// As JSON, in the caller's language.
    pub(crate) fn to_json(&self, lang: Lang) -> Value {
        let mut body = json!({
            "type": format!("urn:heliograph:problem:{}", self.kind),
            "title": self.title.get(lang),
            "status": self.status.as_u16(),
            "detail": self.detail.get(lang),
        });
        if !self.faults.is_empty() {
            let errors = self
                .faults
                .iter()
                .map(|f| json!({"field": f.field, "code": f.code, "message": f.message.get(lang)}));
            body["errors"] = errors.collect();
        }
        if let Some(current) = &self.current {
            body["current"] = current.clone();
        }
        body
    }
}

fn four_eyes(part: Part) -> Told {
    match part {
        Part::Requester => Told::new(
            "删除须由两个人完成：您是申请人，请换一位同事执行",
            "Erasing takes two people: you asked for it, so somebody else has to do it",
        ),
        Part::Countersigner => Told::new(
            "每个处室的会审须由不同的人完成：您已代表另一处室会审，请换一位同事办理",
            "Every department's countersignature is another person's: you signed for one, so somebody else has to do this",
        ),
        _ => {
            let (zh, en) = (part_zh(part), part_en(part));
            Told::new(
                format!("拟稿、保密审查、审批须由三个不同的人完成：您已是这份内容的{zh}，请换一位同事办理"),
                format!(
                    "Author, confidentiality reviewer and approver are three people: you are {en}, so somebody else has to do this"
                ),
            )
        }
    }
}

fn part_en(part: Part) -> &'static str {
    match part {
        Part::Author => "its author",
        Part::Reviewer => "its confidentiality reviewer",
        Part::Countersigner => "its countersigner",
        Part::Contributor => "one of its writers",
        Part::Approver | Part::Requester => "its approver",
    }
}

pub(super) fn part_zh(part: Part) -> &'static str {
    match part {
        Part::Author => "拟稿人",
        Part::Reviewer => "保密审查人",
        Part::Countersigner => "会审人",
        Part::Contributor => "共同拟稿人",
        Part::Approver | Part::Requester => "审批人",
    }
}

/// The response carries the problem along; the outermost layer writes it in the reader's language and form.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The problem as `application/problem+json`.
pub(crate) fn as_json(problem: &Problem, lang: Lang) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/problem+json"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_LANGUAGE, lang.tag()),
    ];
    let mut response = (problem.status, headers, problem.to_json(lang).to_string()).into_response();
    if let Some(seconds) = problem.retry_after_s {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}
