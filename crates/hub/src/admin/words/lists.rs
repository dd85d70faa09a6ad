//! The words of lists in which people find their own work: drafts, and the catalogue's entries. In Chinese and English.

use super::Word;

words! {
    GO_ON "继续写" "Go on writing";
    LOOK "查看" "Look at it";
    DROP "丢弃" "Discard";
    AWAITS_WRITER "待完成、送审" "To be finished and submitted";
    AWAITS_REVIEWER "待保密审查放行" "Awaits a confidentiality reviewer";
    AWAITS_DECLINED "审查人没有放行" "Not let through";
    AWAITS_RESUBMISSION "改动未送审" "Changes not submitted";
    SAVED_BY_AT "{} 保存于 {}" "saved by {}, {}";
    N_MORE_DRAFTS "其余 {} 份草稿" "{} more drafts";

    ALL_ENTRIES "全部 {}" "All {}";
    FILTER_OVERDUE "逾期 {}" "Overdue {}";
    FILTER_WEEK "本周到期 {}" "Due this week {}";
    FILTER_SOON "三十天内 {}" "Within thirty days {}";
    FILTER_MINE "我负责 {}" "Mine {}";
    NARROW "筛选" "Filter";
    ALL_DEPARTMENTS "全部处室" "All departments";
    DUE_STATE "到期情况" "When they are due";
    ENTRY_OF_ADMINISTRATORS "目录项由系统管理员修改。" "Entries are changed by administrators.";
    NO_SUCH_ENTRIES "没有符合条件的目录项。" "No entry is like this.";
    SHOW_ALL_ENTRIES "显示全部目录项" "Show every entry";

    ALL_CHANNELS "全部频道" "Every channel";
    PUBLIC_FROM "首次公开，从" "First public from";
    PUBLIC_UNTIL "到" "to";

    WRITE_KIND "拟稿：{}" "Write: {}";
    AGAIN_LAST "以上次公开的为基础起草" "Begin with what was released last";
    AGAIN_LAST_WHAT "复制《{}》的文字和图片新建草稿，日期按年顺延，逐一列出供核对。" "Copies the text and pictures of “{}” into a new draft; its dates move by years and are listed to be checked.";
    RELEASES_OF "公开信息" "Publications";
    ONLY_LATEST "只列出最近 {} 条，其余在这里查找：" "The latest {} are listed; find the others here:";
    NOTHING_OF_ENTRY "这一项还没有公开过信息。" "Nothing of this entry was ever published.";

    FITTING_ENTRIES "适合这类信息的目录项" "Entries for this kind";
    OTHERS_DUE "其他到期和逾期的" "Others that are due or overdue";
    OTHERS "其他目录项" "Other entries";
}
