//! The words of reviewing: texts side by side, countersignatures, substitutes, comments, and what a new text voids.

use super::Word;

words! {
    COMPARE "对照" "Comparison";
    WITH_RELEASE "与上次公开对照" "Beside the last release";
    WITH_SUBMISSION "与上次送审对照" "Beside the text submitted before";
    WITH_NOTHING "只看新稿" "The new text alone";
    SUBMITTED_BEFORE "上次送审" "Submitted before";
    MARK_GONE "删去的字句" "taken out";
    MARK_NEW "新写的字句" "put in";
    LANGUAGE_NEW "新增语种" "New language";
    LANGUAGE_GONE "删去的语种" "Language taken out";
    UNCHANGED "没有改动" "Unchanged";
    N_UNCHANGED "{} 段没有改动" "Unchanged paragraphs: {}";
    UNCHANGED_FIELDS "没有改动的栏目：{}" "Unchanged: {}";
    GONE "（已删去）" "(taken out)";
    NOT_THERE "（原来没有）" "(was not there)";
    NO_PICTURES "没有图片" "No pictures";
    PICTURE_NEW "新增" "New";
    PICTURE_GONE "已删去" "Taken out";
    PICTURE_RENAMED "说明有改动" "Its words changed";

    COMMENTS "意见" "Comments";
    COMMENTS_WHAT "意见随稿件保留，退回和重新送审后仍在；不进入永久记录，内容删除时一并删除。" "Comments stay with the text through return and new submission. They are no part of the permanent record, and are erased with the text.";
    N_OPEN "{} 条待处理" "{} open";
    N_DEALT_WITH "已处理的意见：{}" "Dealt with: {}";
    NO_COMMENTS "还没有意见。" "There are no comments yet.";
    COMMENT "提意见" "Comment";
    COMMENT_ON "针对" "About";
    WHOLE_TEXT "全文" "The whole text";
    QUOTE "原文" "Words of the text";
    QUOTE_HINT "可选：抄下有关字句" "if it is about some of them";
    COMMENT_TEXT "意见" "Comment";
    SEND_COMMENT "提交意见" "Send the comment";
    ON_FORMER_TEXT "针对上一稿" "On an earlier text";
    DEALT_WITH_BY "{} 于 {} 标为已处理" "Marked as dealt with by {}, {}";
    DEAL_WITH "标为已处理" "Mark as dealt with";
    REOPEN "重新打开" "Open it again";
    REMOVE_COMMENT "删除我的意见" "Erase my comment";

    VOID "此前的审查已作废" "Earlier reviews are void";
    VOID_EDITED "{} 于 {} 修改内容后重新送审：审查只对当时的内容有效，须重新办理。" "{} changed the text and submitted it again on {}: a review holds for the text that was reviewed, so the steps are taken anew.";
    VOID_SAME "{} 于 {} 重新送审：须重新办理。" "{} submitted it again on {}: the steps are taken anew.";
    VOID_RULES "审查规则更新后，{} 于 {} 重新送审：须按新规则重新办理。" "The rules changed, and {} submitted it again on {}: the steps are taken anew under the new rules.";
    COUNTERSIGNED_BY "会审处室" "To be countersigned by";
    COUNTERSIGNED_BY_HINT "选中的每个处室都须会审；不选则不会审" "every department that is ticked must sign; none: nobody need";
    ANY_COUNTERSIGNER "任一会审人" "Any one countersigner";
    COUNTERSIGNATURES "会审" "Countersignatures";
    SIGNED "已会审" "Signed";
    AWAITED "待会审" "Awaited";
    EVENT_NAMED "请有关处室会审" "Departments asked to countersign";

    SUBSTITUTES "休假与代理" "Leave and substitutes";
    SUBSTITUTES_WHAT "休假期间由一位同事代办审查、会审、审批、发布和撤回。记录写明谁代谁；多人把关既看办理人，也看被代理人。" "While somebody is on leave a colleague takes their steps: reviewing, countersigning, approving, releasing, withdrawing. The record says who acted for whom; four eyes look at both.";
    ON_LEAVE "现在和将要休假的人" "On leave now or soon";
    NOBODY_ON_LEAVE "没有人休假。" "Nobody is on leave.";
    ABSENT "休假人" "On leave";
    SUBSTITUTE_IS "代理人" "Substitute";
    DAYS "日期" "Days";
    FROM_TO "{} 至 {}" "{} to {}";
    STANDS_IN_NOW "代理中" "Stands in now";
    STANDS_IN_LATER "未开始" "Not yet";
    END_LEAVE "提前结束" "End it";
    CANCEL_LEAVE "取消" "Cancel it";
    MY_SUBSTITUTE "我休假时的代理人" "Who stands in for me while I am on leave";
    MY_SUBSTITUTE_WHAT "这里指定的是您自己休假时的代理人。要为别人指定，请系统管理员办理。" "This is about your own leave. For somebody else's, ask an administrator.";
    WHOSE_LEAVE "请选择休假的人" "Choose who is on leave";
    PERSON_IN_FULL "{} {}（{}）" "{} {} ({})";
    NAME_SUBSTITUTE "指定代理人" "Name a substitute";
    FIRST_DAY "第一天" "First day";
    LAST_DAY "最后一天（含当天）" "Last day (included)";
    SUBSTITUTE_HINT "一人同时只有一位代理人，重新指定即替换。代理权不能再转交；拟稿、删除和系统管理不能代理。" "A person has one substitute at a time; naming another replaces them. Nothing is handed on; writing, erasing and administration are nobody's to stand in for.";

    SUBSTITUTE "代理" "In somebody's stead";
    IN_STEAD "{} 代 {}" "{} for {}";
    STANDING_IN "现代理 {}" "standing in for {}";
    YOU_STAND_IN "您代 {} 办理这一步，记录在案。" "You take this step for {}; the record says so.";

    VOID_STEP "{}（{}，{}）" "{} ({}, {})";
}
