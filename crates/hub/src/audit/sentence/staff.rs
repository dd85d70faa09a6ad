//! The facts about people, as sentences: what they do here, and how they are let in.

use super::Voice;
use heliograph_domain::staff::StaffEvent;
use heliograph_domain::time::Window;
use heliograph_domain::{Instant, StaffId};

impl Voice<'_> {
    pub(super) fn of_staff(&self, event: &StaffEvent) -> String {
        match event {
            StaffEvent::Appointed { id, roles, .. } if roles.is_empty() => {
                let who = self.person(id.as_str());
                self.say(format!("取消{who}的全部角色"), format!("took every role of {who} away"))
            }
            StaffEvent::Appointed { id, department, roles } => {
                let (who, at, roles) = (self.person(id.as_str()), self.department(department), self.roles(roles));
                self.say(
                    format!("设置{who}（{at}）的角色：{roles}"),
                    format!("gave {who} ({at}) the roles {roles}"),
                )
            }
            StaffEvent::Left { id } => {
                let who = self.person(id.as_str());
                self.say(
                    format!("办理{who}离任：取消全部角色，删除姓名、密码和验证码"),
                    format!(
                        "recorded that {who} has left: no role any longer; name, password and second factor erased"
                    ),
                )
            }
            StaffEvent::SubstituteNamed { id, substitute, window } => self.of_substitute(id, substitute, window),
            StaffEvent::SubstituteEnded { id } => {
                let who = self.person(id.as_str());
                self.say(
                    format!("结束{who}的代理"),
                    format!("ended that somebody stands in for {who}"),
                )
            }
            StaffEvent::SecondFactorRequired { roles } if roles.is_empty() => self.say(
                "不再要求两步验证".to_owned(),
                "asked no role for a second factor any longer".to_owned(),
            ),
            StaffEvent::SecondFactorRequired { roles } => {
                let roles = self.roles(roles);
                self.say(
                    format!("要求以下角色使用两步验证：{roles}"),
                    format!("asked these roles for a second factor: {roles}"),
                )
            }
            StaffEvent::Disabled { id }
            | StaffEvent::Enabled { id }
            | StaffEvent::PasswordSet { id, .. }
            | StaffEvent::SecondFactorReset { id, .. }
            | StaffEvent::SignOnSet { id, .. } => self.of_account(id, event),
        }
    }

    /// How somebody is let in.
    fn of_account(&self, id: &StaffId, event: &StaffEvent) -> String {
        let who = self.person(id.as_str());
        match event {
            StaffEvent::Disabled { .. } => {
                self.say(format!("停用{who}的账户"), format!("disabled the account of {who}"))
            }
            StaffEvent::Enabled { .. } => self.say(format!("启用{who}的账户"), format!("enabled the account of {who}")),
            StaffEvent::PasswordSet { by, .. } if by == id => self.say(
                "设置了自己的密码".to_owned(),
                "chose a password of their own".to_owned(),
            ),
            StaffEvent::PasswordSet { .. } => self.say(
                format!("为{who}设置密码，本人须先改密码才能办理其他事项"),
                format!("set a password for {who}, who has to choose their own before anything else"),
            ),
            StaffEvent::SecondFactorReset { .. } => self.say(
                format!("重置{who}的验证码和通行密钥"),
                format!("took the second factor and the passkeys of {who} away"),
            ),
            _ => self.say(
                format!("设置{who}的统一登录编号"),
                format!("set by what the office's sign-on knows {who}"),
            ),
        }
    }

    fn of_substitute(&self, id: &StaffId, substitute: &StaffId, window: &Window) -> String {
        let (who, substitute) = (self.person(id.as_str()), self.person(substitute.as_str()));
        // Whole days, of which the last is one: a leave ends when the day after it begins.
        let from = self.day(window.from);
        let last = window.until.map(|until| self.day(Instant(until.0.saturating_sub(1))));
        let last = last.unwrap_or_default();
        self.say(
            format!("{who}休假，由{substitute}代理，自 {from} 至 {last}（含当天）"),
            format!("named {substitute} to stand in for {who}, from {from} to the end of {last}"),
        )
    }
}
