//! The words of a text on the panels that it will reach.

use super::Word;

words! {
    N_DISPLAYS "{} 块屏" "{} displays";
    ONE_DISPLAY "1 块屏" "1 display";
    AND_MORE "{}等" "{} and more";
    FORM_LANDSCAPE "横屏" "landscape screen";
    FORM_PORTRAIT "竖屏" "portrait screen";
    FORM_STRIP "条屏" "LED strip";
    FORM_SIGN "窗口牌" "window sign";
    RED_LAMPS "单色" "one-colour";
    TRI_LAMPS "双基色" "three-colour";
    IN_LANGUAGE "{}（{}）" "{} ({})";
    LOOKS_ON "{}上的样子" "How it looks on: {}";
    LOOK_N "第 {} 页，共 {} 页" "page {} of {}";
    MOVING_N "滚动 {}/{}" "moving {}/{}";
    ONE_PAGE_TURN "1 页，停留 {} 秒" "1 page, for {} seconds";
    PAGES_TURN "{} 页，每页 {} 秒，播完一轮 {}" "{} pages of {} seconds, {} for all of them";
    SECONDS "{} 秒" "{} s";
    MINUTES "{} 分 {} 秒" "{} min {} s";
    ROUND "与另外 {} 条轮播，约 {}轮到一次" "in turn with {} others: comes round about every {}";
    ENLARGE "在新窗口中按原大查看" "See it in its own size in a new window";
    ROUND_ALONE "现在没有别的内容，会一直播它" "nothing else is on now, so it stays on";
    ROUND_MANY "与另外 {} 条轮播" "in turn with {} others";
    MADE_SMALL "字号缩小到 {}%" "type at {}%";
    CUT "放不下：末页注明何处看全文" "does not fit: the last page says where to read the rest";
    MOVES "文字滚动" "text moves";
    GIST "只显示标题和要点" "heading and gist only";
    GIST_NO_PICTURES "只显示标题和要点，不显示图片" "heading and gist only, no pictures";
    OTHER_LANGUAGE "没有{}文本，显示{}" "no {} text: {} is shown";
    LACKS "此屏没有这些字：{}" "this panel lacks: {}";
    GOES_CHOSEN "按所选频道“{}”，共 {}。" "By the channels chosen, {}: {}.";
    GOES_PROPOSED "按拟稿人建议的频道“{}”，共 {}。" "By the channels that its author proposes, {}: {}.";
    GOES_USUAL "按目录项通常发布的频道“{}”，共 {}。" "By the entry's usual channels, {}: {}.";
    GOES_RELEASED "按发布的频道“{}”，共 {}。" "By the channels of its release, {}: {}.";
    GOES_ANYWHERE "还没有选频道：这里是本单位的全部屏幕，共 {}。" "No channels are chosen yet: these are all of the office's displays, {}.";
    NOBODY_TUNED "没有屏幕收看“{}”：这里是常见的几种屏。" "No display is tuned to {}: these are the usual forms.";
    NO_DISPLAYS_YET "单位还没有屏幕：这里是常见的几种屏。" "The office has no displays yet: these are the usual forms.";
    MORE_PANELS "另外 {} 种屏" "{} more kinds of panels";
    COMMON_FORM "常见屏型" "usual form";
}
