//! Every word of the admin, in Chinese and English: one table, so that neither can be forgotten.

use heliograph_domain::Lang;

/// A word or sentence in both languages of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word {
    zh: &'static str,
    en: &'static str,
}

impl Word {
    pub(crate) fn get(self, lang: Lang) -> &'static str {
        if lang == Lang::ZhHans { self.zh } else { self.en }
    }

    /// Its blanks `{}` filled in order.
    pub(crate) fn filled(self, lang: Lang, blanks: &[&str]) -> String {
        let mut parts = self.get(lang).split("{}");
        let mut out = parts.next().unwrap_or_default().to_owned();
        for (index, part) in parts.enumerate() {
            out.push_str(blanks.get(index).copied().unwrap_or_default());
            out.push_str(part);
        }
        out
    }
}

macro_rules! words {
    ($( $name:ident $zh:literal $en:literal; )*) => {
        $( pub(crate) const $name: Word = Word { zh: $zh, en: $en }; )*
        #[cfg(test)]
        const ALL: &[(&str, Word)] = &[ $( (stringify!($name), $name), )* ];
    };
}

words! {
    PRODUCT "Heliograph" "Heliograph";
    SKIP "跳到正文" "Skip to content";
    NAVIGATION "导航" "Navigation";
    HOME "工作台" "Workbench";
    WRITE "拟稿" "Write";
    PUBLICATIONS "公开信息" "Publications";
    CATALOGUE "公开目录" "Catalogue";
    DISPLAYS "屏幕" "Displays";
    CHANNELS "频道" "Channels";
    STAFF "人员" "Staff";
    SITE "单位信息" "Office";
    SIGN_IN "登录" "Sign in";
    SIGN_OUT "退出登录" "Sign out";
    BACK_HOME "回到工作台" "Back to the workbench";
    LIST_COMMA "、" ", ";

    STAFF_ID "用户名" "User name";
    PASSWORD "密码" "Password";
    PASSWORD_NEW "密码（至少 10 个字符）" "Password (at least 10 characters)";
    PASSWORD_AGAIN "再输入一次密码" "Password again";
    NAME_ZH "姓名" "Name";
    NO_ACCOUNTS_YET "还没有任何账户：请打开系统首次启动时显示的一次性链接，设立第一位系统管理员。" "There are no accounts yet: open the one-time link that the hub printed at its first start to make the first administrator.";
    SETUP_TITLE "设立系统管理员" "Make the first administrator";
    SETUP_WHY "这个链接只能用一次。系统管理员随后添加其他工作人员。" "This link works once. The administrator then adds the rest of the staff.";
    SETUP_WORD "一次性口令" "One-time word";
    SETUP_GO "设立并登录" "Create and sign in";

    GOOD_MORNING "上午好，{}" "Good morning, {}";
    GOOD_NOON "中午好，{}" "Good day, {}";
    GOOD_AFTERNOON "下午好，{}" "Good afternoon, {}";
    GOOD_EVENING "晚上好，{}" "Good evening, {}";
    WRITE_ONE "写一条信息" "Write something";
    WAITS_FOR_ME "等我处理" "Waiting for me";
    ALL_N "全部 {} 项" "All {}";
    NOTHING_WAITS "没有等您处理的事项。" "Nothing is waiting for you.";
    MY_DRAFTS "我的草稿" "My drafts";
    UNTITLED "（尚无标题）" "(untitled)";
    DRAFT "草稿" "Draft";
    SAVED_AT "保存于 {}" "saved {}";
    SUBMITTED_BY "{} 提交" "from {}";
    RETURNED_BY "{} 退回" "returned by {}";
    N_CHANGES "与上次公开相比改动 {} 处" "{} changes since the last release";
    DUE_AND_OVERDUE "到期与逾期" "Due and overdue";
    RESPONSIBLE_IS "负责人 {}" "{} is responsible";
    DUE_ON "应于 {} 前公开" "due {}";
    OVERDUE_DAYS "逾期 {} 天" "{} days overdue";
    DUE_TODAY "今天到期" "Due today";
    DUE_IN_DAYS "余 {} 天" "{} days left";
    NEVER_RELEASED "尚未公开" "Never released";
    ON_RECORD "已公开" "Released";
    NO_CATALOGUE "公开目录还是空的。目录项写明公开什么、多久公开一次、由谁负责。" "The catalogue is empty. Its entries say what is disclosed, how often, and who answers for it.";
    OPEN_ENTRY "添加目录项" "Open an entry";
    NOTHING_DUE "三十天内没有到期的目录项。" "Nothing is due within thirty days.";
    ALL_DISPLAYS "查看全部" "See all";
    NO_DISPLAYS "还没有登记屏幕。" "No display is enrolled yet.";
    HOW_TO_ADD_DISPLAY "如何登记屏幕" "How to enrol one";
    MONTHLY "每月" "Monthly";
    QUARTERLY "每季" "Quarterly";
    HALF_YEARLY "每半年" "Half-yearly";
    YEARLY "每年" "Yearly";
    EVERY_MONTHS "每 {} 个月" "Every {} months";
    AD_HOC_DAYS "临时性工作，{} 个工作日内" "As it comes, within {} working days";
    STANDING "长期公开" "Standing";

    FIRST_STEPS "开始使用" "First steps";
    STEP_SITE "填写单位信息：名称、电话、办公时间和处室" "Describe the office: name, telephone, hours and departments";
    STEP_CHANNELS "开设频道，例如“大厅”" "Open channels, for instance “Hall”";
    STEP_CATALOGUE "建立公开目录" "Fill the catalogue";
    STEP_STAFF "添加工作人员并分配角色" "Add staff and give them roles";
    STEP_ASK "单位信息尚未设置，请联系系统管理员。" "The office has not been described yet: ask your administrator.";

    WAITS_REVIEW "待保密审查" "To be reviewed";
    WAITS_COUNTERSIGN "待会审" "To be countersigned";
    WAITS_APPROVAL "待审批" "To be approved";
    WAITS_RELEASE "待发布" "To be released";
    WAITS_AMEND "待更新发布" "Amendment ready";
    STATE_REVIEWED "已审查" "Reviewed";
    STATE_COUNTERSIGNED "已会审" "Countersigned";
    STATE_RETURNED "已退回" "Returned";
    STATE_RELEASED "发布中" "On release";
    STATE_EXPIRED "已到期" "Expired";
    STATE_WITHDRAWN "已撤回" "Withdrawn";

    DISPLAY_ON_AIR "在播" "On air";
    DISPLAY_SLATE "待机画面" "Slate";
    DISPLAY_STALE "失联" "Silent";
    DISPLAY_OFFLINE "离线" "Offline";
    DISPLAY_RETIRED "已停用" "Retired";
    PICTURE_OF "{}的画面" "The picture of {}";
    LAST_SEEN_AT "最后在线 {}" "Last seen {}";
    NOT_SEEN_SINCE_START "系统启动后未上线" "Not seen since the hub started";
    N_FINE "{} 块正常" "{} fine";
    N_STALE "{} 块失联" "{} silent";
    N_OFFLINE "{} 块离线" "{} offline";

    CHANGED "有改动" "Changed";
    BEFORE "上次公开" "Released";
    NOW "现在" "Now";
    LANG_ZH "中文" "Chinese";
    LANG_EN "英文" "English";
    LANG_JA "日文" "Japanese";
    LANG_KO "韩文" "Korean";
    LANG_RU "俄文" "Russian";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_there_in_both_languages_with_the_same_blanks() {
        let han = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        for (name, word) in ALL {
            let blanks = |text: &str| text.matches("{}").count();
            assert!(!word.zh.is_empty() && !word.en.is_empty(), "{name}");
            assert!(!han(word.en), "{name}: Chinese in the English text");
            assert_eq!(blanks(word.zh), blanks(word.en), "{name}");
        }
    }
}
