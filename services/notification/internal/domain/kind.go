package domain

import (
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
)

// Kind is what an entry of the feed is about.
type Kind = notificationv1.Kind

// kinds are the templates of the feed by what they are about.
func kinds() map[Kind][]string {
	return map[Kind][]string{
		notificationv1.Kind_SECURITY: {"welcome", "signed_in"},
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
