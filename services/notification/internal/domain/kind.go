package domain

import (
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
)

// Kind is what an entry of the feed is about.
type Kind = notificationv1.Kind

// kinds are the templates of the feed by what they are about.
func kinds() map[Kind][]string {
	return map[Kind][]string{
		notificationv1.Kind_SECURITY: {
			"welcome", "signed_in", "signed_in_new_device", "signed_out", "sign_in_locked", "device_forbidden", "device_allowed",
			"new_devices_allowed", "new_devices_forbidden", "password_changed",
			"recovery_started", "recovery_waiting", "recovery_cancelled", "recovery_locked", "account_recovered", "control_question_changed",
			"trusted_contact_invited", "trusted_contact_active", "trusted_contact_ending", "trusted_contact_kept",
			"trusted_contact_ended", "principal_invited", "principal_active", "principal_ending", "principal_kept", "principal_ended",
			"principal_recovering",
			"contact_added", "contact_change_requested", "contact_change_cancelled",
			"contact_changed", "contact_removed", "contact_claimed", "contact_detached",
			"second_factor_added", "second_factor_removed", "second_factor_locked", "backup_code_used",
		},
		notificationv1.Kind_IDENTITY: {
			"verification_matched", "verification_not_matched", "verification_duplicate", "verification_deceased",
			"verification_expired", "level_confirmed",
		},
		notificationv1.Kind_LETTERS: {
			"letter_ordered", "letter_at_office", "letter_delivered", "letter_returned", "letter_reminder",
		},
	}
}

// TemplatesOf are the templates of a kind; of the unspecified one, which means all, none are named.
func TemplatesOf(k Kind) []string { return append([]string{}, kinds()[k]...) }

// KindOf is what a template is about.
func KindOf(template string) Kind {
	for kind, templates := range kinds() {
		for _, t := range templates {
			if t == template {
				return kind
			}
		}
	}
	return notificationv1.Kind_KIND_UNSPECIFIED
}
