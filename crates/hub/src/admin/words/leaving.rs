//! The words of what a display does not show: it cannot be reached, it is not tuned to a release, or it took a text off.

use super::Word;

words! {
    SHOULD_SHOW "现在应显示" "What it should show now";
    WAS_ON "断开前在播" "On when it was last heard";
    WAS_ON_SILENT "最后报告在播" "On by its last report";
    DRAWN_UNSEEN "由系统按节目单绘制。联系不上这块屏，实际在显示什么不得而知。" "Drawn by the hub from the display's programme. The display cannot be reached: what it really shows is not known.";
    LEFT_OUT "另有 {} 块屏不收看这些频道，不播这条信息：" "Not tuned to these channels, so not showing it ({}): ";
    AND_OTHERS "等" " and others";
    HOW_TO_REACH_THEM "要在这些屏上也播，由审批人在信息页选“调整播出时间或频道…”，加选它们的频道。" "To have it shown there as well, an approver adds their channels under “Change when or where it is shown …” on its page.";
    HEARD_OF_IT "{} 报告已收到撤回" "told at {} that it has the withdrawal";
    TAKING_OFF "正在撤下" "Being taken off";
    TAKING_OFF_WHY "还没有报告收到撤回，收到即撤下。" "It has not told yet that it has the withdrawal; it takes the text off as soon as it has it.";
    ALL_OFF "全部 {} 块屏都已撤下。" "All displays have taken it off: {}.";
    N_OFF "{} 块已撤下" "{} have taken it off";
    N_AWAY "{} 块联系不上" "{} cannot be reached";
    N_STILL "{} 块还没有撤下" "{} have not taken it off yet";
}
