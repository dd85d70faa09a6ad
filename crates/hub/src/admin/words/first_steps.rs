//! The words of a new office's first steps.

use super::Word;

words! {
    FIRST_STEPS "开始使用" "First steps";
    STEPS_WHY "按顺序完成以下几步，大厅的屏幕就能显示第一条公告。全部完成后，这张清单不再出现。" "When these are done, in this order, the lobby can show its first notice. Then this list goes away.";
    STEP_SITE "填写单位信息：名称、电话、办公时间和处室" "Describe the office: name, telephone, hours and departments";
    STEP_CHANNELS "开设频道，例如“大厅”" "Open channels, for instance Hall";
    STEP_STAFF "添加工作人员：拟稿、保密审查、审批至少各一人" "Add staff: at least an author, a confidentiality reviewer and an approver";
    STEP_CATALOGUE "建立公开目录，写明公开时限和负责人" "Fill the catalogue, with cadences and who answers for them";
    STEP_DISPLAY "接入第一块屏幕" "Pair the first display";
    STEP_DONE "已完成" "Done";
    STEP_NEXT "下一步" "Next";
    STEP_ASK "单位信息尚未设置，请联系系统管理员。" "The office has not been described yet: ask your administrator.";
}
