//! The words of whether every display shows what it should, and of what is due where one writes.

use super::Word;

words! {
    ALL_SHOW "全部 {} 块屏都在播应播的内容。" "All {} displays show what they should.";
    ONE_SHOWS "唯一的一块屏在播应播的内容。" "The one display shows what it should.";
    ALL_DARK "全部 {} 块屏都按指令黑场。" "All {} displays are blank, as they were told.";
    SOME_SHOW "{} 块屏中，{} 块在播应播的内容，{} 块没有：" "Of {} displays {} show what they should and {} do not:";
    NOT_SHOWING "{} 起：{}" "since {}: {}";
    MORE_NOT_SHOWING "另外还有 {} 块" "{} more";
    LINEUP "节目单" "What it has to show";
    LINEUP_EMPTY "没有要播的内容，显示单位名称。" "Nothing to show: it shows the office's name.";
    LINEUP_FROM "{} 起" "from {}";
    LINEUP_UNTIL "到 {}" "until {}";
    LINEUP_BETWEEN "，" ", ";
    N_ON_N_COMING "{}，另有 {} 条待播" "{}, and {} still to begin";
    NEVER_HEARD "上次启动以来没有消息" "not heard since the hub started";
    NEVER_HEARD_DO "请检查那里的电源和网络。" "Check its power and its network.";
    OFFLINE "断开，可能仍在播断开前的内容" "away; it may still show what it had then";
    OFFLINE_DO "请检查那里的电源和网络。" "Check its power and its network.";
    SILENT "连着，但不再有消息" "connected, and silent";
    SILENT_DO "请重新启动那台机器。" "Restart its machine.";
    REVOKED "凭据已吊销，没有设备可以代表它" "its credential was revoked: no machine speaks for it";
    REVOKED_DO "请为它接入一台设备。" "Let a machine in for it.";
    BEHIND "在播旧的内容，没有收到“{}”频道的更新" "shows an older programme: the news of channel {} did not reach it";
    BEHIND_DO "请稍等；十分钟后仍如此，请重新启动那台机器。" "Wait a little; after ten minutes restart its machine.";
    NOTHING_ON "显示待机画面，而有 {} 条应播" "shows the slate, with {} items to show";
    NOTHING_ON_DO "请打开它的页面查看原因，或重新启动那台机器。" "Open its page to see why, or restart its machine.";
    CANNOT_DRAW "有内容画不出来" "cannot draw something";
    CANNOT_DRAW_DO "请打开它的页面查看是哪一条，更新发布或撤回。" "Open its page to see which item, and amend or withdraw it.";
    OTHER_ON "在播不在节目里的内容" "shows something that is not in its programme";
    OTHER_ON_DO "请重新启动那台机器。" "Restart its machine.";
}
