//! The words of the register of sign-ins.

use super::Word;

words! {
    SIGN_INS "登录记录" "Register of sign-ins";
    SIGN_INS_WHAT "谁在什么时候从哪里登录，谁没能登录，谁新建或撤销了令牌和验证方式。保存 {} 天后删除，不在事件日志中。" "Who was let in, when and from where, who was kept out, and who made or ended tokens and other means of signing in. It is kept for {} days, and not in the event log.";
    COUNTED "同一人、同一事项在一小时内合并为一行。不存在的用户名合在一起，且不保存所输入的内容。" "What one person did of one kind within an hour is one row. User names that nobody has are counted together, and what was typed is not kept.";
    ACCOUNT_FACTS "账号变动（操作记录）" "Changes of accounts (audit trail)";
    NO_SIGN_INS "没有符合条件的记录。" "No row fits.";
    NOBODY "不存在的用户名" "A user name that nobody has";
    HAPPENED "事项" "What";
    EVERYTHING "全部" "Everything";
    TIMES "次数" "Times";
    WHENCE "来源" "From";
    SINCE "{} 起" "since {}";
    AND_OTHERS "另有其他地址" "and others";
    FIRST "首次" "First";
    LAST "最近" "Last";
    LABELS "名称" "Names";
    BROWSER "浏览器" "Browser";
}
