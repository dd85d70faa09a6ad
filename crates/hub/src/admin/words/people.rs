//! The words of people who leave or are shut out, and of what rested on them.

use super::Word;

words! {
    EDIT_WHOM "修改：{}" "Edit: {}";
    DISABLE_WHOM "停用{}的账户" "Disable the account of {}";
    ENABLE_WHOM "重新启用{}的账户" "Enable the account of {} again";
    RESET_WHOM "重置{}的验证码" "Reset the second factor of {}";
    ERASE_WHOM "办理{}离任并删除其个人信息" "{} has left: erase their personal data";
    HAS_LEFT "已离任" "has left";
    ANSWERS_FOR "此人负责 {} 项公开目录：" "They answer for {} entries of the catalogue: ";
    AND_MORE "等" " and more";
    SUCCESSOR "以后由谁负责" "Who answers for them from now on";
    NAMED_LATER "以后再定（目录和工作台会提示没有负责人）" "to be named later (the catalogue and the workbench keep asking)";
    IS_TO_STAND_IN "此人将在 {} 代办 {} 的事项，之后将没有人代办，请另行指定代理人。" "{}: they are to take the steps of {}. Nobody would then; name another substitute.";
    NAME_ANOTHER "另行指定" "Name another";
    N_UNANSWERED "有 {} 项公开目录的负责人已离任或停用，请改由他人负责。" "{} entries of the catalogue have nobody who answers for them: the person has left or is shut out.";
    SEE_THEM "查看" "See them";
    FILTER_GONE "无人负责 {}" "Nobody answers {}";
    NOBODY_STANDS_IN "{} 休假（{}）的代理人 {} 已离任或停用，现在没有人代办。" "{}, on leave {}: the substitute {} has left or is shut out, so nobody stands in.";
    SUBSTITUTE_GONE "代理人已离任或停用，请另行指定" "The substitute has left or is shut out: name another";
    ABSENT_GONE "休假人已离任或停用" "The person has left or is shut out";
    REMINDED_INSTEAD "没有人负责期间，这些项的邮件提醒发给系统管理员。" "Meanwhile their reminders go to the administrators.";
}
