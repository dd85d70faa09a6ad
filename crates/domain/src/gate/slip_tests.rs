//! What slips are found, and what looks like one and passes. Each finding has its counterexample.

use super::*;

fn slips(text: &str) -> Vec<(&'static str, Option<String>)> {
    let rules = RuleSet::newest();
    let found = rules.scan_text(text, &[]);
    let cut = |place: &Range<u32>| -> String {
        let length = (place.end - place.start) as usize;
        text.chars().skip(place.start as usize).take(length).collect()
    };
    let mine = found.into_iter().filter(|(rule, _)| rule.class == Class::Slip);
    mine.map(|(rule, place)| (rule.id.as_str(), rule.instead_of(&cut(&place), rules)))
        .collect()
}

fn only(text: &str, rule: &str, instead: Option<&str>) {
    assert_eq!(slips(text), [(rule, instead.map(str::to_owned))], "{text}");
}

fn passes(texts: &[&str]) {
    for text in texts {
        assert_eq!(slips(text), [], "{text}");
    }
}

#[test]
fn a_fixed_name_is_known_with_one_slip_of_any_kind() {
    only("请到正务服务大厅领取", "fixed-names", Some("政务服务大厅"));
    only("中国人民政治协商会仪", "fixed-names", Some("中国人民政治协商会议"));
    only("中华人共和国", "fixed-names", Some("中华人民共和国"));
    only("世界贸组织", "fixed-names", Some("世界贸易组织"));
    only("人民民政府", "fixed-names", Some("人民政府"));
    only("领事人证", "permits", Some("领事认证"));
    passes(&[
        "中华人民共和国外交部、市人民政府外事办公室、领事认证",
        "平和发展的心态",
        "来自俄罗斯的客人",
        "以实际行动为成年人服务",
        "他们办公是否方便",
        "从居住地至口岸，由居住地指定",
        "市政府市长信箱",
    ]);
}

#[test]
fn right_names_are_no_slips_of_each_other() {
    let rule = RuleSet::newest().rule("fixed-names").unwrap();
    assert!(rule.words.len() > 500);
    for word in &rule.words {
        let found = slips(&word.text);
        assert!(found.is_empty(), "{}: {found:?}", word.text);
    }
}

#[test]
fn a_rule_names_the_right_form_of_each_alternative() {
    only("截止2026年10月底，共受理300件", "homophones", Some("截至2026年"));
    only("截止目前", "wrong-names", Some("截至目前"));
    only("新疆维吾尔族自治区", "china-places", Some("新疆维吾尔自治区"));
    only("市政府、市委", "titles-and-order", Some("市委、市政府"));
    only("第三界友好城市大会", "set-phrases", Some("第三届"));
    only("外国人就业证办理", "permits", Some("外国人工作许可证"));
    only("依据《合同法》", "law-names", Some("《中华人民共和国民法典》"));
    only("市工商局", "renamed-institutions", Some("市市场监督管理局"));
    passes(&[
        "报名截止2026年11月30日",
        "截止日期：11月30日",
        "截至11月30日，共受理300件",
        "《劳动合同法》规定",
        "原国土资源部",
        "台湾居民来往大陆通行证（台胞证）",
        "第三界别",
        "银行结账、账户、账号",
    ]);
}

#[test]
fn a_slip_is_no_word_across_the_end_of_a_line() {
    passes(&["请按\n装订顺序提交", "即日起开放的\n的士通道"]);
    only("请按装", "wrong-names", Some("安装"));
}

#[test]
fn a_word_that_stands_twice_is_told_once() {
    only("请提交申请人的的材料", "doubled", Some("的"));
    only("关于关于调整窗口的通知", "doubled", Some("关于"));
    passes(&[
        "目的的正当性",
        "为了了解情况",
        "涉及及时办理的事项",
        "海关关员",
        "打的的士",
    ]);
}

#[test]
fn brackets_marks_and_stops_belong_together() {
    only("请到三楼（302室办理。", "unpaired-marks", None);
    only("《护照法规定", "unpaired-marks", None);
    only("办理完毕。。", "doubled-stops", None);
    only("受理，、审核", "doubled-stops", None);
    passes(&[
        "1) 护照 2) 照片",
        "一）护照",
        "他说：“好。”",
        "“第一段\n“第二段”",
        "std::fmt 与 a..b",
        "请稍候……",
        "（一）材料（原件）",
    ]);
}

#[test]
fn days_that_cannot_be_are_told() {
    only("2026年2月30日", "no-such-day", None);
    only("2026年2月29日止", "no-such-day", None);
    only("11月31日前", "no-such-day", None);
    only("13月5日", "no-such-day", None);
    only("二〇二六年四月三十一日", "no-such-day", None);
    only("until 31 April 2026", "no-such-day", None);
    only("2026-06-31", "no-such-day", None);
    passes(&[
        "2028年2月29日",
        "2月29日",
        "农历二月三十日",
        "九十月份",
        "12月31号楼、2026年12月31日",
        "版本 2026.13.45",
        "the 31 May 2026 edition",
    ]);
}

#[test]
fn a_day_of_the_week_has_to_be_the_day_s() {
    only("2026年11月27日（星期四）", "wrong-weekday", Some("星期五"));
    only("2026年11月27日 周日", "wrong-weekday", Some("星期五"));
    only("Thursday, 27 November 2026", "wrong-weekday", Some("Friday"));
    only("2026年11月30日（星期一）至12月4日（星期四）", "wrong-weekday", None);
    only("12月1日（星期二）至12月4日（星期四）", "wrong-weekday", None);
    passes(&[
        "2026年11月27日（星期五）",
        "2026-11-27 星期五",
        "Friday, 27 November 2026; November 27, 2026 (Friday)",
        "2026年11月30日（星期一）至12月4日（星期五）",
        "12月1日（星期二）至12月4日（星期五）",
        "2026年11月27日周一至周五照常",
        "2026年11月27日周日常安排",
    ]);
}

#[test]
fn a_period_ends_after_it_begins() {
    only("2026年12月10日至2026年12月1日", "backwards-period", None);
    only("12月10日至5日", "backwards-period", None);
    only("12月10日—12月1日", "backwards-period", None);
    passes(&[
        "2026年12月20日至1月5日",
        "12月1日至10日",
        "12月10日至20日",
        "3月5日、3月1日",
    ]);
}

#[test]
fn a_time_is_one_that_clocks_show() {
    only("办公时间：8:30-17:75", "no-such-time", None);
    only("上午14:00开始", "no-such-time", None);
    only("上午11:30-9:00", "no-such-time", None);
    only("下午25时截止", "no-such-time", None);
    passes(&[
        "上午8:30-12:00，下午1:30-5:00",
        "每天 0:00-24:00",
        "跌27点",
        "比例30:70",
        "夜间22:00至次日6:00",
        "下午13:30-17:00",
    ]);
}

#[test]
fn english_words_are_known_with_one_letter_off() {
    only("the govermnent office", "english-spelling", Some("government"));
    only("passport renewel form", "english-spelling", Some("renewal"));
    passes(&[
        "government organisations and organizations recognise the licence",
        "certificat de naissance, passeport",
        "adopted, adapted, collection, interest",
    ]);
}
