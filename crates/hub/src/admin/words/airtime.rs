//! The words of where and from when until when something is shown.

use super::Word;

words! {
    AIRTIME "播出安排" "Where and when to show it";
    AIRTIME_WHAT "这是给审批人的建议，发布时由审批人决定。" "A proposal: whoever releases it decides.";
    PROPOSED "拟稿人建议：{}" "The author proposes: {}";
    PROPOSED_FROM "自 {} 起" "from {}";
    PROPOSED_UNTIL "到 {} 止" "until {}";
    PROPOSED_PAST "拟稿人建议的结束时间已过，请重新选择。" "The end that the author proposed has passed: choose another.";
    PROPOSED_ENDED "建议的结束时间已过。" "The end that is proposed has passed.";
    AT_RELEASE "发布后即播" "at once when it is released";
    USUAL "（目录项通常发布的频道）" "(the entry's usual channels)";
    NO_CHANNELS_YET "未指定，发布时选择" "none named: chosen at release";
    CHANNELS_NONE "不选则用目录项通常发布的频道" "the entry's usual channels when none is ticked";
    FROM_TODAY "今天起（发布即播）" "From today, at once";
    FROM_TOMORROW "明天起（{}）" "From tomorrow ({})";
    FROM_MONDAY "下周一起（{}）" "From Monday ({})";
    UNTIL_TAKEN_DOWN "直到撤回" "Until it is withdrawn";
    UNTIL_FRIDAY "到周五（{}）" "Until Friday ({})";
    UNTIL_MONTH_END "到月底（{}）" "Until the month's end ({})";
    ON_A_DAY "选日期…" "On a day …";
    DAY "日期" "Day";
    TIME "时间" "Time";
    EVENT_RESCHEDULED "调整播出" "Shown elsewhere or for another time";
    LOOK_FIRST "看看在所选频道各屏上的样子" "See it on the displays of these channels";
    RESCHEDULED_BY "只改播出时间或频道的，不用修订，由 {} 办理。" "Another time or other channels need no revision: {} can change them.";
    CHANGED "{}：{} → {}" "{}: {} → {}";
    DO_RESCHEDULE "调整播出时间或频道…" "Change when or where it is shown …";
    RESCHEDULE "保存调整" "Change it";
    RESCHEDULE_WHAT "内容不变，不需重新审查；各屏随即按新的安排播出，记入发布记录。" "The text stays as it is and needs no new review; the displays follow at once, and it is on record.";
    SHOWN_SINCE "{} 已开始播出，只能调整结束时间。" "It has been shown since {}: only its end can be moved.";
    DONE_RESCHEDULE "已调整，各屏正按新的安排播出。" "Changed: the displays follow.";
    WHOLE_DAY_FROM "不填则从零点起" "from midnight when empty";
    WHOLE_DAY_UNTIL "不填则到当天结束" "until the day's end when empty";
}
