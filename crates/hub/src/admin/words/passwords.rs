//! The words of who knows whose password, and of what others did to one's account.

use super::Word;

words! {
    OWN_FIRST "请先设置您自己的密码" "Choose your own password first";
    OWN_FIRST_WHY "设置您密码的人知道这个密码。请设置一个只有您知道的密码，之后才能办理其他事项。" "Whoever set your password knows it. Choose one that only you know: until then you can do nothing else.";
    OWN_FIRST_GO "保存并继续" "Save and go on";
    PASSWORD_BY "您的密码于 {} 由 {} 设置。" "{}: your password was set by {}.";
    FACTOR_BY "您的验证码和通行密钥于 {} 由 {} 重置。" "{}: your second factor and your passkeys were taken away by {}.";
    SIGN_ON_BY "您的统一登录编号于 {} 由 {} 设置。" "{}: your id for the office's sign-on was set by {}.";
    NOT_ASKED_FOR "如果您没有要求这样做，请告知督查人员。" "If you did not ask for it, tell an inspector.";
    SEEN "知道了" "I know";
    CHANGES "账户变动" "Changes of my account";
    OF_ACCOUNT "密码和账户" "Password and account";
    CHANGES_WHAT "谁在什么时候设置了您的密码、重置过您的验证码、停用或启用过您的账户。最近 10 条，来自不可更改的事件日志；您自己设置密码也在其中。" "Who set your password, took your second factor away, disabled or enabled your account, and when: the last ten, from the event log that nobody can change. Passwords that you chose yourself are among them.";
    OF_MEANS "您添加和停用的登录方式、令牌" "Means of signing in and tokens that you made and ended";
    MEANS_WHAT "验证器、通行密钥和令牌的添加、停用，最近 10 条，来自登录记录，保存 {} 天。如有不是您本人做的，请立即修改密码并告知系统管理员。" "Authenticators, passkeys and tokens, made and ended: the last ten, from the register of sign-ins, where they are kept for {} days. If one of them was not you, change your password at once and tell an administrator.";
    LABELLED "：{}" ": {}";
    NO_CHANGES "还没有变动。" "There were none.";
    OWES "待本人设置密码" "Has to choose a password";
    SETTING_IS_TOLD "您设置的密码，本人首次登录时必须修改。日志会记录是谁设置的，也会告知本人；本人原有的登录和令牌随即失效。" "They have to change a password that you set when they first sign in. The log says who set it, and so do the pages to them; what was signed in as them ends.";
}
