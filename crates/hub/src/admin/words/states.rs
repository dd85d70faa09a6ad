//! Where a publication stands, and for whom it waits.

use super::Word;

words! {
    SCHEDULED "待播" "To begin";
    SCHEDULED_FROM "待播：{} 起" "Begins: {}";
    WAITS_FOR "{}：等 {} 办理" "{}: waits for {}";
    WAITS_FOR_NOBODY "{}：目前没有人可以办理" "{}: there is nobody who can do it now";
    WAITS_FOR_AUTHOR "已退回：等拟稿人 {} 修改" "Returned: waits for its author, {}";
}
