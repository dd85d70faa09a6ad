//! The words of the audit trail and of the search.

use super::Word;

words! {
    AUDIT "操作记录" "Audit trail";
    AUDIT_WHAT "谁在什么时候做了什么，逐条记录，事后谁也不能增删改。登录和退出不在其中。" "Who did what and when, line by line; nobody can add, change or remove a line afterwards. Signing in and out is not in it.";
    AUDIT_KEPT "记录号从 1 起连续编号，不缺号。每条记录的校验值由它的全部内容算出，前后记录相互印证：少一条、多一条或改一个字，核对时都会发现。" "Lines are numbered from 1 without a gap. Each has a check value made from all that it says, and the lines vouch for each other: one that is missing, added or changed is found when they are checked.";
    AUDIT_PROVE "已公开过的信息，在它的页面上就能下载公开凭证。其他记录：校验值即默克尔树的叶哈希，两种导出文件中都有；系统管理员在服务器上运行 heliograph log prove 加记录号，可以向单位以外的人证明某条记录没有被改过。" "The proof of what was public is to be had on the page of each publication. For other lines: the check value is the leaf hash of a Merkle tree; it stands in both exports. On the server, an administrator runs heliograph log prove with the number of a line to prove to outsiders that it was not changed.";
    TECHNICAL "技术细节" "Technical details";
    DEVICE_KEY_WHAT "设备接入时自己生成的公钥。系统凭它认出这台设备的报告，别的设备冒充不了；它不是秘密。" "The machine made this key when it was let in. By it the hub knows the machine's reports from anybody else's. It is no secret.";
    FINGERPRINT_WHAT "由设备的公钥算出的短串，用来辨认是不是同一台设备。" "A short form of the machine's key, to tell whether it is the same machine.";
    CONTENT_HASH_WHAT "由这份文字算出的校验值：改动一个字就不同。审查、审批和播出凭证都以它为准。" "A check value of this very text: one changed character changes it. Reviews, approval and receipts name it.";
    AUDIT_EVERYBODY "所有人" "Everybody";
    AUDIT_EVERYTHING "所有对象" "Everything";
    AUDIT_EVERY_DEED "所有操作" "Every deed";
    AUDIT_WORDS "标题、姓名、编号或记录号" "Title, name, id or number of a line";
    AUDIT_FROM "从" "From";
    AUDIT_UNTIL "到" "Until";
    AUDIT_WHO "谁" "Who";
    AUDIT_KIND "对象" "What";
    AUDIT_DEED "操作" "Deed";
    AUDIT_AT "时间" "When";
    AUDIT_POSITION "记录号" "No.";
    AUDIT_LEAF "校验值" "Check value";
    AUDIT_WHO_ID "用户名" "User name";
    AUDIT_SUBJECT "对象名称" "Which";
    AUDIT_SUBJECT_ID "对象编号" "Its id";
    AUDIT_SENTENCE "内容" "What was done";
    AUDIT_AS_LINES "导出供程序读取（JSON Lines）" "Export for programs (JSON Lines)";
    AUDIT_NOTHING "没有符合条件的记录。" "No line fits.";
    PAGE_BEFORE "← 上一页" "← Back";
    PAGE_AFTER "下一页 →" "On →";
    FIND "搜索" "Search";
    FIND_ALL "搜索全部内容" "Search everything";
    FIND_HINT "标题和正文、草稿、目录、屏幕、频道、人员；也可以输入索引号、编号、内容指纹或记录号。" "Titles and texts, drafts, the catalogue, displays, channels, staff; also index numbers, ids, hashes and numbers of the audit trail.";
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
