//! The words of a text that was withdrawn.

use super::Word;

words! {
    WITHDRAWN "已撤回，不再播出" "Withdrawn: no longer shown";
    NOT_ANY_MORE "任何屏幕都不会再显示它，公开页面上也已没有它。要再次公布，由拟稿人点“修订”改好后送审，重新走流程。" "No display shows it any more, and it is not on the public pages. To publish it again, its author presses “Revise”, mends it and hands it in: it is reviewed anew.";
    WITHDRAWN_AT "撤回时间" "Withdrawn at";
    WITHDRAWN_BY "撤回人" "Withdrawn by";
    NO_REASON_YET "尚未说明" "not given yet";
    WAS_ON "播出频道" "It was on";
    WAS_ON_FROM "播出时段" "From and until";
    SPAN "{} 至 {}" "{} to {}";
    NEVER_BEGAN "开始播出之前已撤回" "withdrawn before it began";
    WHERE_IT_WAS "哪些屏、何时播出过" "Where and when it was shown";
}
