//! Which display shows a release, which does not, and why.

use super::Word;

words! {
    READY "已收到，等待开始时间" "Received; waits for its start";
    NOT_TUNED "已不收看这些频道" "No longer tuned to these channels";
    REVOKED_WHY "设备已吊销，收不到也不会播。请为它接入一台设备。" "Its machine was revoked: it gets nothing and shows nothing. Let a machine in for it.";
    MAY_STILL_SHOW "联系不上，可能仍在播撤回前的内容；上线后自动撤下。" "It cannot be reached and may still show the text; it takes it off once it is back.";
    STILL_ON "仍在播" "Still on air";
    TAKEN_OFF "已撤下" "Taken off";
    AWAY_SINCE "{} 起离线，可能仍在播" "offline since {}; it may still show it";
    SILENT_SINCE "{} 起没有消息" "silent since {}";
    AWAY "系统启动后没有消息" "not heard since the hub started";
    OFFLINE_SINCE "{} 起离线" "offline since {}";
    BOTH "{}。{}" "{}. {}";
    HAS_IT_AND_SHOWS "内容已收到，到时会自己播。" "It has the text and shows it at its time.";
    HAS_IT_UNHEARD "内容已收到，是否在播不得而知。" "It has the text; whether it shows it is not known.";
    ARRIVES_LATER "还没有收到，上线后自动送达。" "It does not have it; it arrives once the display is back.";
    BLANKED "全部黑场" "Blanked";
    BLANKED_WHY "全部黑场中，恢复播出后显示。" "All displays are blanked; it is shown when the programmes come back.";
    BLANKED_NOW "现在全部黑场" "all displays are blanked now";
    DISPLACED "已收到，被更优先的内容占用" "Received; something goes before it";
    DISPLACED_BY "正在播“{}”，它的优先级更高，结束后显示。" "“{}” has a higher priority; this follows when it ends.";
    CANNOT_DRAW_WHY "这块屏画不出节目里的内容。请打开它的页面查看原因。" "The display cannot draw something of its programme. Open its page to see why.";
    DARK "已收到，屏幕没有亮" "Received; the panel is dark";
    DARK_WHY "播放器的画面没有送到面板上。请检查面板的电源和接线。" "The player's picture does not reach the panel. Check its power and its cables.";
    ITS_TURN "已收到，等待轮到" "Received; waits for its turn";
    ITS_TURN_WHY "轮到它时显示。" "It is shown when its turn comes.";
    NOT_RECEIVED "没有收到" "Not received";
    NO_MOMENT "时刻未记" "no time known";
    BEFORE_ON_AIR "不晚于 {}" "by {}";
    OTHER_CLOCK "早于发布：屏幕的时钟不准，或以前播过同一内容" "before the release: the display's clock is off, or it has shown this text before";
    CLOCKS "“已发出”和“已收到”按系统的时钟：收到的时刻，是系统听到屏幕报告的时刻；屏幕播出后才报告的，只知道不晚于播出。“已播出”按屏幕自己的时钟，是屏幕自己的报告。" "“Sent” and “received” are by the hub's clock: received is when the hub heard the display say so; of what was told only after it was on air it is known that it was there by then. “On air” is by the display's own clock, as the display reports it.";
    DISPLAY "屏幕" "Display";
    HOW_IT_STANDS "情况" "How it stands";

    ALL_SHOWN "全部 {} 块屏都已播出。" "All displays have shown it: {}.";
    ALL_READY "全部 {} 块屏都已收到，等待开始时间。" "All displays have it and wait for its start: {}.";
    ALL_OVER "没有屏幕应当再播这条信息。" "No display is to show it any more.";
    SUMMARY "{} 块屏中，{}。" "Displays: {} ({}).";
    CLAUSE "，" ", ";
    N_SHOWN "{} 块已播出" "shown by {}";
    N_UNSURE "{} 块播过但现在联系不上" "shown, but out of reach now: {}";
    N_READY "{} 块已收到、等待开始时间" "waiting for its start: {}";
    N_SENT "{} 块正在送达" "still on its way to {}";
    N_COMING "{} 块已收到、等待轮到" "waiting for its turn: {}";
    N_LACK "{} 块没有播出" "not shown by {}";
    WITHDRAWN "这条信息已撤回，各屏收到后即撤下。" "It was withdrawn: each display takes it off as soon as it hears of it.";
    NOT_FOLLOWED "有的屏没有逐屏时刻（发布较早、屏幕后来才接入，或系统重新启动过）：以各屏自己最近一次的报告为准。" "Of some displays it is not known when it arrived: the release is of long ago, the display came later, or the hub was started anew. They stand as each reported last.";
}
