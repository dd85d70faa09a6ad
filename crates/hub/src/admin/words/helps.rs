//! Words of small helps: what is being drawn, how a table is written, the greeting at night.

use super::Word;

words! {
    GOOD_NIGHT "夜深了，{}" "It is late, {}";
    DRAWING "正在绘制…" "Drawing…";
    TABLE_HOW "怎样写表格" "How to write a table";
    TABLE_WHAT "每行一条，格子之间用竖线（|）隔开；第二行写 |---|---|，把表头和内容分开。下面的例子可以复制后修改：" "One row to a line, cells parted by bars (|); the second line, |---|---|, parts the head from the rest. Copy this example and change it:";
    TABLE_EXAMPLE "| 事项 | 时限 | 收费 |\n|---|---|---|\n| 护照代办 | 5 个工作日 | 免费 |\n| 签证代办 | 8 个工作日 | 按使馆标准 |" "| Matter | Time | Fee |\n|---|---|---|\n| Passports | 5 working days | free |\n| Visas | 8 working days | as the embassy charges |";
}
