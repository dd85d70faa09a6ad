//! The words of the review sheet on paper.

use super::Word;

words! {
    SHEET "信息公开审批单" "Publication review sheet";
    TITLE "标题" "Title";
    KIND "类别" "Kind";
    INDEX_NUMBER "索引号" "Index number";
    ENTRY "公开目录项" "Catalogue entry";
    STATE "状态" "State";
    STEP "环节" "Step";
    BY "办理人" "By";
    AT "时间" "When";
    REMARK "意见或理由" "Opinion or reason";
    PRINTED "打印于 {}" "Printed {}";
    ID "编号" "Id";
}
