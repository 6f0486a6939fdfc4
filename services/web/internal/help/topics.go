package help

import "github.com/propusk-id/propusk/services/web/internal/paths"

// topic is what can happen to people, with a page of its own: help.<name>.title, .means, .long, and what to do, step by step.
type topic struct {
	name  string
	steps []step
}

// step is the text help.<topic>.<key>. It is a link if the product has a page for it, and one of two texts if it needs the
// support that an installation may not have.
type step struct {
	key, url string
	support  bool
}

// topics are in the order of how often people look for them.
func topics() []topic {
	return []topic{
		{"code", []step{{key: "do_number"}, {key: "do_wait"}, {key: "do_again"}, {key: "do_email", url: paths.SignUp}}},
		{"forgotten", []step{{key: "do_recover", url: paths.Recover}, {key: "do_codes"}, {key: "do_lost", url: paths.RecoverLost}}},
		{"number", []step{{key: "do_yours", url: paths.SignIn}, {key: "do_release", url: paths.ContactClaim}, {key: "do_other", url: paths.SignUp}, {key: "do_support", support: true}}},
		{"phone", []step{{key: "do_operator"}, {key: "do_sign_in", url: paths.SignIn}, {key: "do_backup"}, {key: "do_support", support: true}}},
		{"stolen", []step{{key: "do_look", url: paths.Cabinet}, {key: "do_password", url: paths.PasswordChange}, {key: "do_codes"}, {key: "do_support", support: true}}},
		{"duplicate", []step{{key: "do_leave", url: paths.SignOut}, {key: "do_enter"}, {key: "do_support", support: true}}},
		{"deceased", []step{{key: "do_office"}, {key: "do_again", url: paths.Cabinet}}},
	}
}

// lock is one of the locks on the page about them: help.lock.<name>.title, .why, .todo.
type lock struct {
	name string
	// support: what to do is one of two texts.
	support bool
	// more is the topic that says more about it.
	more string
}

func locks() []lock {
	return []lock{
		{name: "code"},
		{name: "code_lock"},
		{name: "disabled", support: true},
		{name: "signin"},
		{name: "second"},
		{name: "verification"},
		{name: "letter"},
		{name: "recover", more: "duplicate"},
	}
}
