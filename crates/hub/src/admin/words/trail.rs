//! The words of the audit trail and of the search.

use super::Word;

words! {
    AUDIT "操作记录" "Audit trail";
    AUDIT_WHAT "谁在什么时候做了什么，逐条来自不可更改的事件日志。登录和退出不在其中。" "Who did what and when, line by line from the event log, which nobody can change. Signing in and out is not in it.";
    AUDIT_PROVE "每条记录有位置和叶哈希；用 heliograph log prove 可以证明它在日志中。" "Each line has its position and leaf hash: heliograph log prove shows that it is in the log.";
    AUDIT_EVERYBODY "所有人" "Everybody";
    AUDIT_EVERYTHING "所有对象" "Everything";
    AUDIT_EVERY_DEED "所有操作" "Every deed";
    AUDIT_WORDS "标题、姓名、编号或位置" "Title, name, id or position";
    AUDIT_FROM "从" "From";
    AUDIT_UNTIL "到" "Until";
    AUDIT_WHO "谁" "Who";
    AUDIT_KIND "对象" "What";
    AUDIT_DEED "操作" "Deed";
    AUDIT_AT "时间" "When";
    AUDIT_POSITION "位置" "Position";
    AUDIT_LEAF "叶哈希" "Leaf hash";
    AUDIT_SENTENCE "内容" "What was done";
    AUDIT_AS_LINES "导出 JSON Lines" "Export as JSON Lines";
    AUDIT_NOTHING "没有符合条件的记录。" "No line fits.";
    FIND "搜索" "Search";
    FIND_ALL "搜索全部内容" "Search everything";
    FIND_HINT "标题和正文、草稿、目录、屏幕、频道、人员；也可以输入索引号、编号、哈希值或日志位置。" "Titles and texts, drafts, the catalogue, displays, channels, staff; also index numbers, ids, hashes and positions in the log.";
    FIND_NOTHING "没有找到“{}”。换一个说法，或只输入其中几个字。" "Nothing was found for “{}”. Try other words, or fewer of them.";
    FIND_N "共找到 {} 项" "{} found";
    FIND_MORE "显示前 {} 项，共 {} 项" "The first {} of {}";
    FIND_PUBLICATIONS "公开信息" "Publications";
    FIND_DRAFTS "草稿" "Drafts";
    FIND_ENTRIES "公开目录" "Catalogue";
    FIND_DISPLAYS "屏幕" "Displays";
    FIND_CHANNELS "频道" "Channels";
    FIND_STAFF "人员" "Staff";
    FIND_RECORDS "操作记录" "Audit trail";
    FIND_OLDER "在以前的文本中" "in an earlier text";
}
