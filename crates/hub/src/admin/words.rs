//! Every word of the admin, in Chinese and English: one table, so that neither can be forgotten.

macro_rules! words {
    ($( $name:ident $zh:literal $en:literal; )*) => {
        $( pub(crate) const $name: Word = Word { zh: $zh, en: $en }; )*
        #[cfg(test)]
        pub(super) const ALL: &[(&str, Word)] = &[ $( (stringify!($name), $name), )* ];
    };
}

mod account;
pub(crate) mod afterwards;
pub(crate) mod airtime;
pub(crate) mod beginnings;
pub(crate) mod departments;
pub(crate) mod done;
pub(crate) mod door;
pub(crate) mod first_steps;
pub(crate) mod frame;
pub(crate) mod helps;
pub(crate) mod leaving;
pub(crate) mod limits;
pub(crate) mod lists;
pub(crate) mod on_show;
pub(crate) mod panels;
pub(crate) mod paper;
pub(crate) mod papers;
pub(crate) mod passwords;
pub(crate) mod people;
pub(crate) mod proofs;
pub(crate) mod reach;
pub(crate) mod review;
pub(crate) mod rules;
pub(crate) mod sign_ins;
pub(crate) mod states;
pub(crate) mod together;
pub(crate) mod trail;
pub(crate) mod translation;
pub(crate) mod withdrawn;
mod word;

pub(crate) use word::Word;

pub(crate) use account::*;
pub(crate) use trail::*;

words! {
    PRODUCT "Heliograph" "Heliograph";
    SKIP "跳到正文" "Skip to content";
    NAVIGATION "导航" "Navigation";
    HOME "工作台" "Workbench";
    WRITE "拟稿" "Write";
    PUBLICATIONS "公开信息" "Publications";
    CATALOGUE "公开目录" "Catalogue";
    DISPLAYS "屏幕" "Displays";
    CHANNELS "频道" "Channels";
    STAFF "人员" "Staff";
    SITE "单位信息" "Office";
    SIGN_IN "登录" "Sign in";
    SIGN_OUT "退出登录" "Sign out";
    BACK_HOME "回到工作台" "Back to the workbench";
    PLAIN_ABROAD "连接未加密。" "Connections are not encrypted.";
    PLAIN_ABROAD_WHY "同一网络上的任何人都能看到密码和发往屏幕的内容。请系统管理员去掉 --plain 后重新启动。" "Anyone on the network can read passwords and what displays are told. Ask your administrator to start the hub without --plain.";
    LIST_COMMA "、" ", ";

    STAFF_ID "用户名" "User name";
    PASSWORD "密码" "Password";
    PASSWORD_NEW "密码（至少 10 个字符）" "Password (at least 10 characters)";
    PASSWORD_AGAIN "再输入一次密码" "Password again";
    NAME_ZH "姓名" "Name";
    NO_ACCOUNTS_YET "还没有任何账户：请打开系统首次启动时显示的一次性链接，设立第一位系统管理员。" "There are no accounts yet: open the one-time link that the hub printed at its first start to make the first administrator.";
    SETUP_TITLE "设立系统管理员" "Make the first administrator";
    SETUP_WHY "这个链接只能用一次。系统管理员随后添加其他工作人员。" "This link works once. The administrator then adds the rest of the staff.";
    SETUP_WORD "一次性口令" "One-time word";
    SETUP_GO "设立并登录" "Create and sign in";

    GOOD_MORNING "上午好，{}" "Good morning, {}";
    GOOD_NOON "中午好，{}" "Good day, {}";
    GOOD_AFTERNOON "下午好，{}" "Good afternoon, {}";
    GOOD_EVENING "晚上好，{}" "Good evening, {}";
    WRITE_ONE "写一条信息" "Write something";
    WAITS_FOR_ME "等我处理" "Waiting for me";
    ALL_N "全部 {} 项" "All {}";
    NOTHING_WAITS "没有等您处理的事项。" "Nothing is waiting for you.";
    MY_DRAFTS "我的草稿" "My drafts";
    UNTITLED "（尚无标题）" "(untitled)";
    DRAFT "草稿" "Draft";
    SAVED_AT "保存于 {}" "saved {}";
    SUBMITTED_BY "{} 提交" "from {}";
    RETURNED_BY "{} 退回" "returned by {}";
    N_CHANGES "与上次公开相比改动 {} 处" "{} changes since the last release";
    DUE_AND_OVERDUE "到期与逾期" "Due and overdue";
    RESPONSIBLE_IS "负责人 {}" "{} is responsible";
    DUE_ON "应于{}前公开" "due {}";
    OVERDUE_DAYS "逾期 {} 天" "{} days overdue";
    DUE_TODAY "今天到期" "Due today";
    OVERDUE_YEARS "逾期 {} 年多" "Over {} years overdue";
    DUE_IN_DAYS "余 {} 天" "{} days left";
    NEVER_RELEASED "尚未公开" "Never released";
    ON_RECORD "已公开" "Released";
    NO_CATALOGUE "公开目录还是空的。目录项写明公开什么、多久公开一次、由谁负责。" "The catalogue is empty. Its entries say what is disclosed, how often, and who answers for it.";
    OPEN_ENTRY "添加目录项" "Open an entry";
    NOTHING_DUE "三十天内没有到期的目录项。" "Nothing is due within thirty days.";
    ALL_DISPLAYS "查看全部" "See all";
    NO_DISPLAYS "还没有接入屏幕。" "There is no display yet.";
    HOW_TO_ADD_DISPLAY "如何接入屏幕" "How to add one";
    MONTHLY "每月" "Monthly";
    QUARTERLY "每季" "Quarterly";
    HALF_YEARLY "每半年" "Half-yearly";
    YEARLY "每年" "Yearly";
    EVERY_MONTHS "每 {} 个月" "Every {} months";
    AD_HOC_DAYS "临时性工作，{} 个工作日内" "As it comes, within {} working days";
    STANDING "长期公开" "Standing";


    WAITS_REVIEW "待保密审查" "To be reviewed";
    WAITS_COUNTERSIGN "待会审" "To be countersigned";
    WAITS_APPROVAL "待审批" "To be approved";
    WAITS_RELEASE "待发布" "To be released";
    WAITS_AMEND "待更新发布" "Amendment ready";
    STATE_RETURNED "已退回" "Returned";
    STATE_RELEASED "在公开" "On release";
    STATE_EXPIRED "已到期" "Expired";
    STATE_WITHDRAWN "已撤回" "Withdrawn";
    STATE_ERASED "已删除" "Erased";

    DISPLAY_ON_AIR "在播" "On air";
    DISPLAY_SLATE "待机画面" "Slate";
    DISPLAY_STALE "失联" "Silent";
    DISPLAY_OFFLINE "离线" "Offline";
    DISPLAY_RETIRED "已停用" "Retired";
    DISPLAY_REVOKED "已吊销" "Revoked";
    PICTURE_OF "{}的画面" "The picture of {}";
    LAST_SEEN_AT "最后在线 {}" "Last seen {}";
    NOT_SEEN_SINCE_START "系统启动后未上线" "Not seen since the hub started";
    N_FINE "{} 块正常" "{} fine";
    N_STALE "{} 块失联" "{} silent";
    N_OFFLINE "{} 块离线" "{} offline";

    BEFORE "上次公开" "Released";
    NOW "现在" "Now";
    LANG_ZH "中文" "Chinese";
    LANG_EN "英文" "English";
    LANG_JA "日文" "Japanese";
    LANG_KO "韩文" "Korean";
    LANG_RU "俄文" "Russian";

    ON_THE_PANELS "屏幕上的样子" "On the screens";
    PICTURES "图片" "Pictures";
    PICTURES_HINT "海报、扫描件等：PNG、JPEG、WebP 或 PDF（每页一张，最多 20 页），单个文件不超过 64 MiB，最多 20 张。大屏逐张完整显示；条屏只显示文字。" "Posters and scans: PNG, JPEG, WebP or PDF (a picture for each page, 20 at most), 64 MiB a file, 20 pictures in all. Screens show each whole; strips show the words alone.";
    PICTURES_AFTER_SAVE "保存草稿后即可添加图片。" "Save the draft first; then pictures can be added.";
    PICTURE_NAME "说明或名称" "What it shows, or its name";
    PICTURE_NAME_HINT "供看不见图片的人了解内容；附件以此为文件名" "for those who do not see it; a file is kept under this name";
    PICTURE_FILE "文件" "File";
    ADD_PICTURE "上传" "Add it";
    REMOVE_PICTURE "删除" "Remove";
    PREVIEW_HINT "由屏幕所用的同一程序绘制。方括号内是尚未填写的内容。" "Drawn by the program that the displays use. What stands in brackets is not written yet.";

    LEAVES "离任并删除个人信息" "Has left: erase personal data";
    LEAVES_WHAT "姓名和密码将被彻底删除，角色和登录随即失效；办理过的事项仍以用户名记录。此操作不可撤销。" "Name and password are erased for good; roles and sessions end. What the person did stays on record under the user name. This cannot be undone.";
    BACKUPS "日志备份" "Backups of the log";
    BACKUPS_WHAT "每天自动备份到 {}，保留 {} 天；已删除的内容会同时从备份中清除。" "Once a day to {}, kept for {} days; what is erased is erased in backups too.";
    NO_BACKUPS "尚未设置备份：请指定一个目录（最好在另一块磁盘上）后重新启动。" "Nothing is backed up: start the hub with a folder for backups, best on another disk:";
    NO_BACKUP_YET "还没有备份。" "There is no backup yet.";
    BACKED_UP_AT "备份时间" "Made";
    RECORDS "记录数" "Records";
    ROOT_HASH "校验值" "Root hash";
    BACK_UP_NOW "立即备份" "Back up now";
    DONE_BACKUP "已备份。" "Backed up.";
    STATE "状态" "State";
    KIND "类型" "Kind";
    ALL_STATES "全部状态" "Any state";
    ALL_KINDS "全部类型" "Any kind";
    SEARCH "查找" "Search";
    AS_TABLE "导出表格（CSV）" "Export as CSV";
    TITLE "标题" "Title";
    AUTHOR "拟稿人" "Author";
    FIRST_RELEASED "首次公开" "First released";
    SEARCH_TITLES "按标题查找" "Search titles";
    N_FOUND "共 {} 条" "{} in all";
    NOTHING_FOUND "没有符合条件的信息。" "Nothing matches.";
    SHOW_ALL "显示全部" "Show all";
    NO_PUBLICATIONS "还没有送审过任何信息。先写一条，保存后提交保密审查。" "Nothing was ever submitted. Write something, save it, and submit it for review.";
    PAGES "分页" "Pages";
    NEWER "← 较新" "← Newer";
    OLDER "较早 →" "Older →";

    TEXT "内容" "Text";
    REVISION "修订稿" "Revision";
    TEXT_GONE "（内容已被依法删除，仅存记录）" "(the text was erased; the record remains)";
    RELEASE "发布情况" "Release";
    REACH "到达情况" "Where it has arrived";
    FROM "开始" "From";
    UNTIL "结束" "Until";
    UNTIL_WITHDRAWN "直到撤回" "Until withdrawn";
    RELEASED_BY "发布人" "Released by";
    AMENDED_BY "更新发布" "Amended by";
    CONTENT_HASH "内容指纹" "Content hash";
    HISTORY "办理经过" "History";
    EVENT_SUBMITTED "提交送审" "Submitted";
    EVENT_SUBMITTED_COUNTERSIGN "提交送审（须会审）" "Submitted (to be countersigned)";
    EVENT_REVIEWED "通过保密审查" "Cleared by confidentiality review";
    EVENT_COUNTERSIGNED "会审同意" "Countersigned";
    EVENT_APPROVED "审批同意" "Approved";
    EVENT_REJECTED "退回" "Returned";
    EVENT_RELEASED "发布" "Released";
    EVENT_AMENDED "更新发布" "Amended";
    EVENT_WITHDRAWN "撤回" "Withdrawn";
    EVENT_EXPLAINED "补充撤回理由" "Withdrawal explained";
    EVENT_ERASURE_REQUESTED "申请删除内容" "Erasure asked for";
    EVENT_ERASURE_DECLINED "驳回删除申请" "Erasure declined";
    EVENT_ERASED "删除内容" "Erased";
    ERASED_BY "删除人" "Erased by";
    DONE_REQUEST_ERASURE "已申请删除，等待另一位同事执行。" "Asked for: somebody else erases it.";
    DONE_ERASE "内容已彻底删除，记录仍在。" "Erased for good; the record remains.";
    DONE_DECLINE_ERASURE "已驳回删除申请，内容保留。" "Declined: the text stays.";
    DONE_SUBMIT "已提交，等待保密审查。" "Submitted: it now waits for the confidentiality review.";
    DONE_REVIEW "已通过保密审查。" "Cleared.";
    DONE_COUNTERSIGN "已会审。" "Countersigned.";
    DONE_APPROVE "已审批，可以发布。" "Approved: it can be released.";
    DONE_REJECT "已退回拟稿人。" "Returned to its author.";
    DONE_AMEND "已更新，各屏正在换上新内容。" "Amended: the displays are changing over.";
    DONE_WITHDRAW "已撤回，各屏不再显示。" "Withdrawn: no display shows it any more.";

    WHAT_NOW "现在可以做什么" "What you can do";
    NOTHING_TO_DO "这条信息现在不需要您处理。" "There is nothing for you to do here now.";
    MEND "修改后重新送审" "Correct and submit again";
    CHANGE_ANYWAY "继续修改（须重新审查）" "Go on changing it (reviews start over)";
    GO_TO_STEP "去办理：{} ↓" "Go to: {} ↓";
    REVISE "修订" "Revise";
    DO_REVIEW "通过保密审查" "Clear for confidentiality";
    DO_COUNTERSIGN "会审同意" "Countersign";
    DO_APPROVE "审批同意" "Approve";
    DO_AMEND "更新发布" "Release the amendment";
    DO_REJECT "退回拟稿人" "Return to the author";
    DO_WITHDRAW "撤回" "Withdraw";
    DO_RELEASE "发布到屏幕" "Release to the displays";
    DO_REQUEST_ERASURE "申请删除内容" "Ask that the text be erased";
    DO_ERASE "彻底删除内容" "Erase the text for good";
    DO_DECLINE_ERASURE "驳回申请，保留内容" "Decline: keep the text";
    ERASURE_ASKED_BY "{} 申请删除" "{} asks that it be erased";
    ERASURE_REASON_HINT "理由会永久留在记录中，请勿写入要删除的内容。" "It stays in the record for good: do not repeat what is to be erased.";
    ERASE_WHAT "全部版本的文字、草稿和退回、撤回理由将无法恢复；谁在何时因何删除会永久记录。" "Every version of the text, the draft, and the reasons given on its way cannot be recovered. Who erased it, when and why stays in the record.";
    EXPLAIN "补充撤回理由" "Explain the withdrawal";
    REASON "理由" "Reason";
    MAY_FOLLOW "可以稍后补充" "may follow later";
    CONFIRM "确认" "Confirm";
    CONFIRM_STEP "确认：{}" "Confirm: {}";
    NO_CHANNELS "还没有频道，请先由屏幕运维开设。" "There is no channel yet: a display operator opens one first.";
    PRIORITY "优先级" "Priority";
    PRIORITY_NORMAL "普通" "Normal";
    PRIORITY_FILLER "填空（没有其他内容时显示）" "Filler (when there is nothing else)";

    WHAT_TO_WRITE "写什么？" "What do you want to write?";
    REVISES "修订" "A revision of";
    REVISES_ON_AIR "新版经审查、审批并发布以前，公开页面和屏幕上仍是现在的一版。" "Until it is reviewed, approved and released, the public page and the displays keep what they have.";
    REVISES_ENDED "现在的一版已到期，屏幕不再播出；公开页面上仍是它。" "What is released now has ended and is on no display; the public page keeps it.";
    OTHER_KIND "换一种类型" "Another kind";
    ABOUT_NOTICE "通知公众一件事" "Tell the public something";
    ABOUT_GUIDE "一件事怎么办：材料、流程、时限、收费" "How a matter is handled: papers, steps, time, fee";
    ABOUT_COMMITMENT "向公众作出的一项承诺" "One promise to the public";
    ABOUT_WINDOW "窗口上公示的十项内容" "The ten things that hang at a window";
    ABOUT_POWERS "行政主体有哪些权力" "What powers the office has";
    ABOUT_DISCRETION "什么情形作什么裁量" "Which circumstance leads to which result";
    ABOUT_FINANCE "预算、决算与“三公”经费" "Budget, accounts and the three public expenses";
    ABOUT_PERSONNEL "任免、招考、表彰" "Appointments, recruitment, awards";
    ABOUT_PLANNING "规划与年度计划" "Plans and programmes";
    ABOUT_ORGANISATION "机构、职能、负责人" "Who we are and what we do";
    ABOUT_ENFORCEMENT "执法依据、过程与结果" "Grounds, course and outcome of enforcement";
    ABOUT_INTERPRETATION "解释一项政策" "Explain a policy";
    ABOUT_RULE "制度、指南与目录" "Rules, guides and catalogues";
    CHINESE_TEXT "中文内容" "Chinese text";
    ENGLISH_TEXT "英文内容" "English text";
    ENGLISH_HINT "可选，供英文屏和双语公示使用" "Optional, for English screens";
    HINT_LINES "每行一项" "one to a line";
    HINT_MARKDOWN "空一行分段，# 作小标题，- 作列表，可以写表格" "a blank line parts paragraphs, # heads, - lists; tables can be written";
    OPTIONAL "可不填" "may be empty";
    CHOOSE "请选择" "Choose";
    ROW_N "第 {} 项" "No. {}";
    ADD_ROW "再加一项" "Add another";
    ENTRY "公开目录项" "Catalogue entry";
    ENTRY_HINT "属于哪一项公开内容" "which entry it belongs to";
    NEEDS_COUNTERSIGN "需要会审" "Needs countersignature";
    SUBMIT "提交送审" "Submit for review";
    SAVE_DRAFT "保存草稿" "Save draft";
    PREVIEW "预览" "Preview";
    NOT_SAVED "有内容需要改正，尚未保存" "Not saved yet: something needs correcting";
    DISCARD "丢弃草稿" "Discard the draft";
    DISCARD_WHAT "草稿将被彻底删除，已送审或发布的内容不受影响。" "The draft is erased; what was submitted or released stays.";
    N_FAULTS "有 {} 处需要改正：" "{} places need correcting:";
    NAME "名称" "Name";
    SHORT_NAME "代号" "Short name";
    SLUG_HINT "小写字母、数字和“-”，最多 32 个，定后不改" "lower-case letters, digits and hyphens, at most 32; it stays";
    EDIT "修改" "Edit";
    SAVE "保存" "Save";
    DONE_SAVED "已保存。" "Saved.";
    LANGUAGE "语言" "Language";
    LOCATION "位置" "Location";
    DEPARTMENT "处室" "Department";

    RELEASED_AT "发布于 {}（{}）" "Released {} ({})";
    REFRESH "刷新" "Refresh";
    NOT_YET "将于 {} 开始显示，各屏会先收好内容。" "It will be shown from {}; the displays get it before that.";
    NOBODY_TUNED "现在没有屏幕收看所选的频道。" "No display is tuned to these channels now.";
    SENT "已发出" "Sent";
    RECEIVED "已收到" "Received";
    ON_AIR "已播出" "On air";
    ON_ITS_WAY "送达中" "On its way";

    RETIRED_DISPLAYS "已停用的屏幕" "Retired displays";
    TOKEN_FOR "令牌用途" "What the token is for";
    TOKEN_FOR_HINT "例如：批量登记条屏" "for instance: enrol the strips by script";
    TOKEN_FOR_PROGRAMS "用程序登记屏幕的令牌（当天有效）" "A token for programs that enrol displays (good for a day)";
    MAKE_TOKEN "生成令牌" "Make a token";
    TOKEN_MADE "令牌只显示这一次，请立即使用：" "This token is shown once; use it now:";
    SHOWS_NOW "现在显示" "What it shows now";
    WILL_SHOW "接替的设备将显示" "What the next machine will show";
    DRAWN_BY_HUB "由系统按屏幕的节目绘制，与屏幕使用同一程序。" "Drawn by the hub from the display's programme, by the program that the display uses.";
    FACTS "基本情况" "Facts";
    ON_NOW "正在播出" "On now";
    LAST_SEEN "最后在线" "Last seen";
    SOFTWARE "播放软件" "Software";
    UPTIME "已运行" "Running for";
    HOURS_MINUTES "{} 小时 {} 分" "{} h {} min";
    REFUSALS "拒收消息" "Refused messages";
    PANEL "面板" "Panel";
    DEVICE_KEY "设备公钥" "Device key";
    SETTING "设置" "Setting";
    MACHINES_WAITING "等待接入的设备" "Machines that wait";
    N_MACHINES_WAIT "等待接入的设备：{} 台" "Machines that wait to be let in: {}";
    NO_MACHINES_WAIT "现在没有设备等待接入。" "No machine waits now.";
    TO_PAIR "待接入" "To be let in";
    NO_MODEL "未说明型号的设备" "A machine that names no model";
    CALLS_FROM "来自 {}" "from {}";
    JUST_NOW "刚刚" "just now";
    MINUTES_AGO "{} 分钟前" "{} min ago";
    PAIR_RUN "在接屏幕的机器上启动播放器：" "On the machine behind the panel, start the player:";
    PAIR_SEE "屏幕上出现六个字符的配对码，这台设备随即出现在本页。" "Six characters appear on its screen, and the machine appears on this page.";
    PAIR_TYPE "在设备跟前打开本页（手机也可以），点开这台设备，输入屏幕上的配对码，选好位置和频道。" "Standing before it (a phone will do), open the machine here, type the characters that you see, and choose its place and channels.";
    PAIR "接入设备" "Let a machine in";
    MODEL "型号" "Model";
    CALLED_FROM "来自" "Called from";
    ADDRESSES "自报地址" "Its addresses";
    FINGERPRINT "公钥指纹" "Key fingerprint";
    ASKED "请求于" "Asked";
    ENDS "有效至" "Ends";
    SAID_BY_ITSELF "除来源地址和公钥指纹外，都是设备自己说的，只供辨认；能证明是它的只有配对码。" "All but the address it called from and its key's fingerprint is what the machine says of itself, to know it by. Only the code proves that it is this one.";
    CODE_ON_SCREEN "设备屏幕上的配对码" "The code on the machine's screen";
    CODE_WHY "请看着设备屏幕输入，由系统核对。本页故意不显示配对码：没有到屏幕前看过，就不能接入。" "Read it from the machine; the hub compares. It is not shown here on purpose: nobody can let in a machine without having looked at it.";
    WHICH_PLACE "放在哪里" "Where it goes";
    NEW_PLACE "新的位置" "A new place";
    TAKES_OVER "接替已有屏幕的设备" "Take the place of another's machine";
    TAKES_OVER_WHAT "接替时保留名称、位置、频道和历史，原来的设备立即失效。换主机、重装系统后选这一项。" "A machine that takes a place over keeps its name, channels and history, and the former machine is out at once. For a new computer or a wiped disk.";
    PANEL_SAID "由设备报告" "as the machine says";
    PROFILE "面板型号名" "Panel profile";
    COLOUR "颜色" "Colours";
    MONO "单色" "one colour";
    TRI "双基色" "red, green, yellow";
    FULL "全彩" "full colour";
    WIDTH_PX "宽（像素）" "Width (px)";
    HEIGHT_PX "高（像素）" "Height (px)";
    PITCH_UM "点距（微米）" "Pixel pitch (µm)";
    VIEWING_MM "观看距离（毫米）" "Viewing distance (mm)";
    REFRESH_HZ "每秒帧数" "Frames a second";
    LET_IN "核对并接入" "Compare and let it in";
    CODE_OF_ANOTHER "这是另一台等待设备（{}）的配对码，您可能点错了设备" "This is the code of another machine that waits ({}): you may have opened the wrong one";
    GO_TO_THAT_MACHINE "改为接入那台设备" "Go on with that machine";
    DONE_PAIRED "已接入。设备几秒内取得凭证，随后显示节目。" "It is in. The machine has its credential within seconds and then shows the programme.";
    REFUSE_MACHINE "拒绝这台设备" "Refuse this machine";
    REFUSE_MACHINE_WHAT "不认识的设备、或配对码对不上时使用。设备会看到被拒绝，不会得到任何内容；需要时可以重新请求。" "For a machine that nobody knows, or whose code differs. It is told so and gets nothing; it may ask again.";
    DONE_REFUSED "已拒绝，这台设备没有得到任何内容。" "Refused: the machine got nothing.";
    PAIRING_OVER "这次配对已经结束" "This pairing is over";
    PAIRING_OVER_WHY "请求十分钟有效，或者已由其他人处理。没有接入的设备会自动重新请求，屏幕上换成新的配对码。" "A request lives ten minutes, or somebody else has decided about it. A machine that was not let in asks again by itself, with a new code on its screen.";
    TYPED_IS_KEPT "您填写的内容还在：等设备重新出现后，从下面继续。" "What you typed is kept: go on below once the machine is here again.";
    GO_ON "继续" "Go on";
    ANOTHER_MACHINE "让另一台设备接替这个位置" "Let another machine take this place";
    ANOTHER_MACHINE_WHAT "名称、位置、频道和历史都保留，原来的设备在接替时失效。" "Name, place, channels and history stay; the former machine is out when the other is let in.";
    REVOKE "吊销这台设备" "Revoke this machine";
    REVOKE_WHAT "设备失窃、遗失或被动过手脚时使用。它与系统的连接立即切断，凭证作废，收不到新内容；断网前已存在设备里的内容，它仍可能显示。位置、频道和历史保留，等待另一台设备接替。" "For a machine that was stolen, lost or meddled with. Its connection is cut at once and its credential opens nothing: it gets nothing new, though it may go on showing what it has stored. The place stays, with its channels and history, for another machine.";
    REVOKE_REASON_HINT "永久记录在案，请不要写个人信息" "it stays on record for good: no personal details";
    REVOKE_NOW "确认：立即切断并吊销" "Yes, cut it off and revoke it";
    REVOKED_AT_BY "这里的设备已被吊销：{}，{}" "The machine here was revoked: {}, {}";
    REVOKED_REASON "原因：{}" "Reason: {}";
    REVOKED_MEANS "它的凭证已作废，位置保留。" "Its credential opens nothing; the place stays.";
    DONE_REVOKED "已吊销，连接已切断。" "Revoked, and cut off.";
    RETIRE "停用这块屏幕" "Retire this display";
    RETIRE_WHAT "停用后它的凭证立即失效，不能恢复；要再用须重新登记。" "Its credential stops working at once and for good; to use it again, enrol it anew.";

    CHANNELS_WHAT "发布时选择频道，屏幕收看频道。" "Releases go to channels; displays tune in to them.";
    ITEMS_ON "在播条目" "Items on";
    OPEN_CHANNEL "开设频道" "Open a channel";
    EDIT_CHANNEL "修改频道" "Edit the channel";

    CATALOGUE_WHAT "公开什么、多久公开一次、由谁负责；逾期的在前。" "What is disclosed, how often, and by whom; the overdue come first.";
    CADENCE "公开时限" "Cadence";
    LAST_RELEASED "上次公开" "Last released";
    NEXT_DUE "下次到期" "Next due";
    RESPONSIBLE "负责人" "Responsible";
    N_RELEASED "共 {} 条" "{} in all";
    EDIT_ENTRY "修改目录项" "Edit the entry";
    INDEX_NUMBER "索引号" "Index number";
    SUMMARY "内容概述" "Summary";
    CATEGORY "年报类别" "Category of the annual report";

    STAFF_WHAT "谁在这里工作、担任什么角色。" "Who works here, and in which roles.";
    ROLES "角色" "Roles";
    NO_ROLES "无角色，不能登录" "No role: cannot sign in";
    ADD_PERSON "添加工作人员" "Add someone";
    PASSWORD_MIN "至少 10 个字符；不用常见密码、连续的键、纯数字，也不含用户名" "at least 10 characters; no common password, no row of keys, not digits alone, and not the user name";
    FOUR_EYES "一个人可以兼任多个角色，但同一条信息的拟稿、保密审查、审批必须由三个不同的人完成。" "One person may have several roles, but author, reviewer and approver of one publication are always three people.";

    SITE_WHAT "显示在每块屏幕的页眉和页脚。" "Shown at the head and foot of every display.";
    OFFICE_NAME "单位名称" "Name of the office";
    HOURS "办公时间" "Opening hours";
    TIME_ZONE "时区" "Time zone";
    TIME_ZONE_HINT "例如 Asia/Shanghai" "for instance Asia/Shanghai";
    PUBLIC_URL "公开网址" "Public address";
    PUBLIC_URL_HINT "用于二维码，可不填" "for QR codes; may be empty";
    HOTLINES "电话（先咨询，后监督）" "Telephones (enquiries first, then supervision)";
    DEPARTMENTS "处室" "Departments";
    LABEL_ZH "中文名称" "Name in Chinese";
    LABEL_EN "英文名称" "Name in English";
    NUMBER "号码" "Number";
    BLANK "全部黑场" "Blank all displays";
    BLANK_WHAT "所有屏幕立即只显示待机画面（单位名称和时间；放不下单位名称的小屏只显示时间），不再播出任何内容，直到恢复。用于屏幕上出现不该出现的内容、原因尚未查清的时候。按下和恢复都会记录在案。" "Every display at once shows its slate (the office's name and the time; a panel too small for the name shows the time alone) and nothing else, until it is undone. For when something wrong is on the screens and nobody knows yet why. Both are recorded.";
    BLANK_WHICH "涉及这些屏幕：" "These displays:";
    BLANK_NOW "确认：全部黑场" "Yes, blank all displays now";
    BLANK_NOT "不变，返回" "No, leave it as it is";
    BLANK_OVER "已经是这样，没有要做的。" "It is so already: there is nothing to do.";
    BLANKED_SINCE "全部屏幕已黑场（{} 起，{} 下令），不播出任何内容。" "All displays are blanked since {}, by order of {}: nothing is shown.";
    UNBLANK_WHAT "所有屏幕立即恢复播出各自的节目。请先确认造成黑场的内容已经撤回。" "Every display at once shows its programme again. Make sure first that what they were blanked for is withdrawn.";
    UNBLANK_NOW "确认：恢复播出" "Yes, show the programmes again";
    UNBLANK "恢复播出" "Show the programmes again";
    NOT_SIGNED "有内容未获签名，各屏幕继续播出已有内容" "Something was not signed: displays keep what they have";
    ROOT_HERE "根密钥仍在本机（{}）。谁拿到它，谁就能决定所有屏幕播什么：请复制到两个 U 盘并各试一次，然后从本机删除。" "The root key still lies on this machine ({}). Whoever gets it decides what every display shows: copy it to two USB sticks, try both, then remove it here.";
    GATE "保密审查关口" "Confidentiality gate";
    GATE_UNWRITTEN "还没有可检查的文字。" "There is no text to look through yet.";
    GATE_NOTHING "没有发现问题。是否可以公开，仍由保密审查人判断。" "Nothing was found. Whether it may be published is still for a person to say.";
    GATE_BLOCKS "标为“拦截”的内容必须删除才能送审；确属误判的，可保存后提请保密审查人放行。" "What is marked “blocked” must be removed before it can be submitted; if the gate is wrong, save it and ask a confidentiality reviewer to let it through.";
    GATE_REFERS "可以送审，由保密审查人逐项确认。" "It can be submitted; the confidentiality reviewer confirms each finding.";
    GATE_RULES "按审查规则第 {} 版。" "Under rule set {}.";
    GATE_LET_THROUGH_BY "{}已放行" "Let through by {}";
    GATE_NOT_IN_LOG "这还是草稿，日志中没有它。放行后才代拟稿人送审，您的姓名和理由一并记录在案。" "This is still a draft, and the log knows nothing of it. Letting it through submits it for its author and records your name and reason.";
    FOUND_BLOCK "拦截" "blocked";
    FOUND_WARN "请核对" "look at this";
    FOUND_SLIP "用语" "wording";
    FOUND_AT "第 {} 至 {} 字" "characters {} to {}";
    FOUND_INSTEAD "应为“{}”" "should be “{}”";
    FOUND_METADATA "文件信息" "file information";
    FOUND_PAGE_TEXT "页面文字" "text of the page";
    FINDINGS_CONFIRM "保密审查关口的提示已逐项核对，可以公开" "I have looked at every finding of the gate; it may be published";
    REFER "提请保密审查人放行" "Ask a reviewer to let it through";
    REFER_HINT "会先保存。只有保密审查人能看到这份草稿。" "It is saved first. Only confidentiality reviewers can see the draft.";
    REFERRED "已提请保密审查人放行，等待处理。内容一经修改，须重新提请。" "A confidentiality reviewer was asked to let it through. If you change it, you have to ask again.";
    REFERRED_BY "{} 提请放行" "{} asks to let it through";
    REFERRAL_DECLINED "{}没有放行" "{} did not let it through";
    WAITS_FOR_GATE "待放行" "Blocked, to be decided";
    DO_LET_THROUGH "放行并代为送审" "Let it through and submit it";
    LET_THROUGH_HINT "说明为什么可以公开。您的姓名和理由记录在案，不能修改。" "Say why it may be published. Your name and reason are recorded for good.";
    DO_DECLINE "不放行，退回拟稿人" "Do not let it through";
    DECLINE_HINT "拟稿人会看到理由。" "The author reads the reason.";
    DONE_OVERRIDE "已放行并送审。" "Let through and submitted.";
    EVENT_GATE_SCANNED "保密审查关口有提示" "The confidentiality gate found something";
    EVENT_GATE_OVERRIDDEN "放行保密审查关口的拦截" "Let through past the confidentiality gate";
    SEE_SAVED "查看已保存的内容" "See what is saved";
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every list of words, one a line.
    #[rustfmt::skip]
    const LISTS: &[&[(&str, Word)]] = &[
        ALL,
        account::ALL,
        afterwards::ALL,
        beginnings::ALL,
        door::ALL,
        first_steps::ALL,
        frame::ALL,
        helps::ALL,
        leaving::ALL,
        limits::ALL,
        proofs::ALL,
        reach::ALL,
        lists::ALL,
        review::ALL,
        rules::ALL,
        states::ALL,
        together::ALL,
        trail::ALL,
        translation::ALL,
        airtime::ALL,
        departments::ALL,
        done::ALL,
        on_show::ALL,
        panels::ALL,
        paper::ALL,
        withdrawn::ALL,
        passwords::ALL,
        people::ALL,
        papers::ALL,
        sign_ins::ALL,
    ];

    #[test]
    fn every_word_is_there_in_both_languages_with_the_same_blanks() {
        let han = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        for (name, word) in LISTS.iter().copied().flatten() {
            let blanks = |text: &str| text.matches("{}").count();
            assert!(!word.zh.is_empty() && !word.en.is_empty(), "{name}");
            assert!(!han(word.en), "{name}: Chinese in the English text");
            assert_eq!(blanks(word.zh), blanks(word.en), "{name}");
        }
    }
}
