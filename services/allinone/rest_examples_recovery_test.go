package allinone_test

import (
	"net/url"

	"github.com/propusk-id/propusk/services/allinone/journey"
)

// setQuestion sets the control question and takes it off again.
func (d *demonstration) setQuestion() {
	d.refused("CONTROL_QUESTION_NOT_SET", "getControlQuestion", nil)
	d.refused("VALIDATION_FAILED", "setControlQuestion", fields{"question": "My dog was called Belka?", "answer": "Belka"})
	d.call("setControlQuestion", fields{"question": "What was the name of my first dog?", "answer": "Belka"})
	d.call("getControlQuestion", nil)
	d.call("deleteControlQuestion", nil)
}

// recover loses the password of a confirmed account. One recovery waits and is stopped, another is completed by both contacts.
func (d *demonstration) recover(snils string) {
	const other = "Zx9?rT-4bN"
	d.token = ""
	d.seeAll(examplePhone, "SMS")
	d.refused("VALIDATION_FAILED", "startRecovery", fields{"login": snils})
	token := d.proveEmail()
	d.refused("RECOVERY_STEPS_LEFT", "completeRecovery", fields{"recoveryToken": token, "newPassword": other})
	d.refused("STEP_NOT_OPEN", "sendRecoveryCode", fields{"recoveryToken": token, "stepId": "TOTP"})
	d.call("completeRecoveryStep", fields{"recoveryToken": token, "stepId": "SNILS", "snils": snils})
	d.call("completeRecovery", fields{"recoveryToken": token})
	d.refused("LINK_INVALID", "cancelRecovery", fields{"cancelToken": "none"})
	d.call("cancelRecovery", fields{"cancelToken": d.link(exampleEmail, "EMAIL", "/recover/cancel?token=")})
	token = d.proveEmail()
	d.call("sendRecoveryCode", fields{"recoveryToken": token, "stepId": "SMS_CODE"})
	d.call("completeRecoveryStep", fields{"recoveryToken": token, "stepId": "SMS_CODE", "code": d.newCode(examplePhone, "SMS")})
	d.call("completeRecovery", fields{"recoveryToken": token, "newPassword": other, "endOfflineAccess": true})
	d.refused("SIGN_IN_FAILED", "createSession", fields{"login": examplePhone, "password": journey.Password})
	d.token = text(d.call("createSession", fields{"login": examplePhone, "password": other}), "token")
}

// proveEmail begins a recovery and proves the email address.
func (d *demonstration) proveEmail() string {
	token := text(d.call("startRecovery", fields{"login": exampleEmail}), "recoveryToken")
	step := fields{"recoveryToken": token, "stepId": "EMAIL_CODE"}
	d.call("sendRecoveryCode", step)
	code := d.emailCode()
	step["code"] = wrong(code)
	d.refused("CODE_WRONG", "completeRecoveryStep", step)
	step["code"] = code
	d.call("completeRecoveryStep", step)
	return token
}

// seeAll leaves only codes that are still to come for [demonstration.newCode].
func (d *demonstration) seeAll(to, channel string) {
	d.t.Helper()
	var page struct{ Messages []struct{ ID string } }
	if err := d.read("/sandbox/v1/messages?"+url.Values{"to": {to}, "channel": {channel}}.Encode(), &page); err != nil {
		d.t.Fatal(err)
	}
	for _, m := range page.Messages {
		d.seen[m.ID] = true
	}
}
