//! Why a countersignature, or a step in somebody's stead, is refused, for people.

use super::problem::{Problem, Told, part_zh};
use axum::http::StatusCode;
use heliograph_domain::publication::{Part, Refused};
use serde_json::Value;

impl Problem {
    /// A publication refused what several people have a part in.
    pub(super) fn refused_together(refused: &Refused, current: Option<Value>) -> Self {
        let en = refused.to_string();
        match refused {
            Refused::FourEyesInStead { part, .. } => Self {
                status: StatusCode::FORBIDDEN,
                ..Self::conflict("four-eyes", Told::new(in_stead_zh(*part), en), current)
            },
            Refused::NotSubstitute { .. } => Self {
                status: StatusCode::FORBIDDEN,
                ..Self::conflict(
                    "not-substitute",
                    Told::new("您现在不能代这位同事办理这一步", en),
                    current,
                )
            },
            Refused::OwnDepartment(_) => Self::field(
                "countersign",
                "own_department",
                "会审须由其他处室进行，不能选拟稿人所在处室",
                en,
            ),
            Refused::NoCountersigner(department) => Self::field(
                "countersign",
                "nobody_there",
                format!("“{department}”没有会审人：请系统管理员为该处室的人员分配会审角色"),
                en,
            ),
            Refused::DepartmentNotAsked => Self {
                status: StatusCode::FORBIDDEN,
                ..Self::conflict(
                    "department-not-asked",
                    Told::new("拟稿人没有请您所在的处室会审", en),
                    current,
                )
            },
            _ => Self::conflict("already-countersigned", Told::new("您所在的处室已会审", en), current),
        }
    }
}

fn in_stead_zh(part: Part) -> String {
    format!(
        "拟稿、保密审查、审批须由三个不同的人完成：您所代理的同事已是这份内容的{}，请换一位同事办理",
        part_zh(part)
    )
}
