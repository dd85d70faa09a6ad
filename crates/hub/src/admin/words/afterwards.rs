//! What happens as soon as somebody has confirmed that it is they.

use super::Word;

words! {
    RELEASE "确认后立即发布到所选频道的屏幕。" "As soon as you confirm, it is released to the displays of the channels that you chose.";
    AMEND "确认后立即更新发布，各屏换上新内容。" "As soon as you confirm, the displays change over to the new text.";
    RESCHEDULE "确认后立即调整播出，各屏随即按新的安排播出。" "As soon as you confirm, it is shown where and when you chose now.";
    WITHDRAW "确认后立即撤回，各屏不再显示。" "As soon as you confirm, it is withdrawn from every display.";
    REVIEW "确认后立即通过保密审查。" "As soon as you confirm, it is cleared for confidentiality.";
    COUNTERSIGN "确认后立即会审同意。" "As soon as you confirm, it is countersigned.";
    APPROVE "确认后立即审批同意。" "As soon as you confirm, it is approved.";
    REJECT "确认后立即退回拟稿人。" "As soon as you confirm, it is returned to its author.";
    ERASE "确认后立即彻底删除内容，不能恢复。" "As soon as you confirm, the text is erased for good.";
    REQUEST_ERASURE "确认后立即提出删除申请。" "As soon as you confirm, the erasure is asked for.";
    OVERRIDE "确认后立即放行并代为送审。" "As soon as you confirm, it is let through and submitted.";
    BLANK "确认后全部屏幕立即黑场。" "As soon as you confirm, every display goes blank.";
    UNBLANK "确认后全部屏幕立即恢复播出。" "As soon as you confirm, every display shows its programme again.";
    PAIR "确认后立即接入这台设备。" "As soon as you confirm, the machine is let in.";
    REVOKE "确认后立即切断并吊销这台设备。" "As soon as you confirm, the machine is cut off and revoked.";
    RETIRE "确认后立即停用这块屏幕，不能恢复。" "As soon as you confirm, the display is retired for good.";
    TOKEN "确认后立即生成令牌，只显示一次。" "As soon as you confirm, the token is made and shown once.";
    PERSON "确认后立即保存人员信息。" "As soon as you confirm, the person's data is saved.";
    POLICY "确认后立即保存两步验证的规定。" "As soon as you confirm, it is saved who must have a second factor.";
    DISABLE "确认后立即停用账户，此人退出登录。" "As soon as you confirm, the account is disabled and the person is signed out.";
    LEAVE "确认后立即彻底删除此人的个人信息。" "As soon as you confirm, the person's data is erased for good.";
    RESET "确认后立即重置验证码，此人退出登录。" "As soon as you confirm, the second factor is reset and the person is signed out.";
    PASSWORD "确认后立即更换您的密码。" "As soon as you confirm, your password is changed.";
    SITE "确认后立即保存单位信息，各屏随之更新。" "As soon as you confirm, the office's profile is saved, and the displays follow.";
    ANYTHING "确认后立即办理您刚才提交的这一步。" "As soon as you confirm, the step that you asked for is taken.";
}
