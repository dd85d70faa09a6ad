//! The words of due dates, of the calendar and of the catalogue's import, in Chinese and English.

use super::Word;

words! {
    WORKING_DAYS_LEFT "余 {} 个工作日" "{} working days left";
    OVERDUE_WORKING_DAYS "逾期 {} 个工作日" "{} working days overdue";
    OVERDUE_SINCE_LAST "已逾期" "Overdue";
    OVERDUE "逾期" "Overdue";
    N_OVERDUE "目录逾期 {} 项" "{} entries overdue";
    N_THIS_WEEK "本周到期 {} 项" "{} due this week";
    N_SOON "三十天内到期 {} 项" "{} due within thirty days";
    N_MORE "还有 {} 项" "{} more";
    THIS_WEEK "本周到期" "Due this week";
    SOON "三十天内" "Within thirty days";
    MINE "我负责" "Mine";
    DAYS_LEFT "剩余天数" "Days left";
    UNCERTAIN "（可能有变）" "(may change)";
    UNCERTAIN_WHY "日历中没有这一年的放假安排，只按周末推算" "The calendar has no days off for this year: only weekends were left out";
    YEAR_MISSING "日历中还没有 {} 年的放假和调休安排，到期日只按周末推算。" "The calendar has no days off for {} yet: due dates leave out weekends alone.";
    ENTER_YEAR "录入" "Enter them";
    ASK_ADMINISTRATOR "请告知系统管理员。" "Please tell your administrator.";

    CALENDAR "工作日历" "Working days";
    CALENDAR_WHAT "公开时限按工作日计算：节假日和调休上班日以国务院办公厅每年的通知为准，本单位可以修改。" "Time limits count working days: days off and make-up working days follow the State Council's yearly notices; the office can change them.";
    YEAR "年份" "Year";
    BUILT_IN "内置" "Built in";
    OWN "本单位设定" "Set by the office";
    UNKNOWN_YEAR "尚未录入" "Not entered yet";
    DAYS_OFF "放假" "Days off";
    DAYS_WORKED "调休上班的周末" "Weekend days that are worked";
    DAYS_HINT "普通的周六、周日不用写，已按休息日计算。每行写一天，如 " "Ordinary Saturdays and Sundays need not be written: they count as days off. One day a line, like ";
    DAYS_HINT_SPAN "；连着的几天写成 " "; days that follow each other like ";
    HOW_MANY_DAYS "天数" "Days";
    DAYS_HINT_WORDS "，也可以照通知写成“1月1日至3日”。" ", or as the notices write them in Chinese.";
    N_DAYS_OFF "放假 {} 天" "days off: {}";
    N_DAYS_WORKED "调休上班 {} 天" "made up: {}";
    CHANGE_YEAR "修改 {} 年" "Change {}";
    OTHER_YEAR "其他年份" "Another year";
    SHOW "查看" "Show";
    CALENDAR_SAVED "已保存，各项到期日已重新计算。" "Saved; due dates follow.";
    LINE_NOT_A_DATE "第 {} 行“{}”不是日期，请写成 {}-01-31，或“1月29日至31日”" "Line {}, “{}”, is not a date: write it like {}-01-31";
    LINE_BACKWARDS "第 {} 行“{}”：结束日期早于开始日期" "Line {}, “{}”: it ends before it begins";
    TOO_MANY_LINES "行数太多，最多 {} 行" "Too many lines: at most {}";

    NAME_EN "英文名称" "Name in English";
    SUMMARY_EN "英文概述" "Summary in English";
    USUAL_CHANNELS "通常发布的频道" "Usual channels";
    USUAL_CHANNELS_HINT "发布时预先勾选，可以改" "ticked beforehand at release; can be changed";

    REMINDERS "邮件提醒" "Reminders";
    REMINDERS_WHAT "工作日上午八点半，把逾期的和七天内到期的事项用一封邮件告诉负责人；没有就不发。" "On working days at half past eight, whoever is responsible hears in one letter what is overdue or due within seven days; if there is nothing, no letter comes.";
    MAIL_SERVER "发信：{}" "Letters go out as {}";
    NO_MAIL "还没有设置发信服务器，不会发出邮件。" "No mail server is set: no letters go out.";
    ADDRESS_OF "{} 的邮箱" "The address of {}";
    ADDRESS "邮箱" "E-mail address";
    ADDRESS_HINT "留空则不再提醒，并删除已存的地址" "leave it empty to receive no more; what is kept is erased";
    WHO_IS_REMINDED "提醒谁" "Who is reminded";
    NO_ADDRESS "没有邮箱" "No address";
    LETTERS "发出的邮件" "Letters";
    LETTER_SENT "已发出" "Sent";
    LETTER_FAILED "未发出，稍后再试" "Not sent; tried again later";
    LETTER_UNCERTAIN "不能确定是否送达，今天不再发" "It is not known whether it arrived; not sent again today";
    MAIL_FAILED "今天有 {} 封提醒邮件没有送达邮件服务器。" "{} reminders did not reach the mail server today.";

    IMPORT "从表格导入" "Import a table";
    IMPORT_WHAT "把单位已有的公开目录表（电子表格、Word 表格、CSV，或复制粘贴）导入。先核对，确认后才保存。" "Takes the office's existing catalogue from a table (spreadsheet, Word, CSV, or copied and pasted). You check it first; nothing is saved before you confirm.";
    IMPORT_FILE "电子表格（.xlsx）、Word 文档中的表格（.docx）或 CSV 文件" "Spreadsheet (.xlsx), table of a Word document (.docx), or CSV file";
    IMPORT_TEXT "或把表格内容粘贴在这里" "or paste the table here";
    IMPORT_COLUMNS "第一行是列名。必须有：索引号、名称、公开时限、责任部门、负责人。可以有：代号、英文名称、内容概述、英文概述、年报类别、频道。" "The first line names the columns. Required: index number, name, cadence, department, responsible. Optional: id, name in English, summary, summary in English, category, channels.";
    IMPORT_CADENCES "公开时限写成：每月、每季、每半年、每年、每年 3 月底前、每 2 个月、10 个工作日内、及时公开、长期公开。写了日期的，只读出多久一次。" "Cadence: monthly, quarterly, half-yearly, yearly, every 2 months, within 10 working days, as it comes, standing. Of a date within it only how often is read.";
    AS_WRITTEN "表中写的是：" "the table says: ";
    FROM_WAS_TO_IS "{}：{} → {}" "{}: {} → {}";
    IMPORT_CHECK "核对" "Check it";
    IMPORT_CHECKED "核对结果" "What was read";
    IMPORT_CONFIRM "确认导入 {} 项" "Import ({})";
    IMPORT_SAME "没有要改动的内容：表格与现有目录一致。" "Nothing to do: the table says what the catalogue says already.";
    IMPORT_FAULTS "有 {} 处需要改正，什么也没有保存。请在表格里改好后再核对。" "{} things need correcting; nothing was saved. Correct the table and check it again.";
    IGNORED_COLUMNS "未使用的列：{}" "Columns left out: {}";
    IMPORT_DONE "已导入：新增 {} 项，修改 {} 项。" "Imported: {} new, {} changed.";
    AT_LINE_COLUMN "第 {} 行，{}" "Line {}, {}";
    LINE "行" "Line";
    NEW "新增" "New";
    CHANGED_ROW "修改" "Changed";
    UNCHANGED "不变" "Unchanged";
    N_NEW "新增 {} 项" "{} new";
    N_CHANGED "修改 {} 项" "{} changed";
    N_UNCHANGED "不变 {} 项" "{} unchanged";
    START_OVER "换一份表格" "Another table";
}
