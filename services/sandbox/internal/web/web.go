// Package web is sandbox's HTTP face: the JSON that tests and front-end developers use, the virtual phone and the
// post's tracking page. Everybody may use it; a sandbox has no secrets.
package web

import (
	"net/http"

	"github.com/propusk-id/propusk/services/internal/cookies"
	"github.com/propusk-id/propusk/services/sandbox/internal/app"
	"github.com/propusk-id/propusk/services/sandbox/internal/pages"
)

// Web answers HTTP.
type Web struct {
	App   *app.App
	Pages *pages.Pages
	// Demo is the demo partner.
	Demo http.Handler
	// Cookies are the installation's: the one of the chosen person is set here.
	Cookies cookies.Jar
	// Issuer is the installation's public URL; Secure says that it is https.
	Issuer string
	Secure bool
}

// Handler has all paths. Forms and PUTs of other sites are refused.
func (w *Web) Handler() http.Handler {
	mux := http.NewServeMux()
	for path, answer := range map[string]methods{
		"/sandbox/v1/messages":                         {"GET": taking(w.listMessages, "to", "channel", "after", "wait", pageSize, pageToken)},
		"/sandbox/v1/messages/{id}/attachments/{name}": {"GET": taking(w.getAttachment)},
		"/sandbox/v1/personas":                         {"GET": taking(w.listPersonas, pageSize, pageToken)},
		"/sandbox/v1/population/{n}":                   {"GET": taking(w.getPerson)},
		"/sandbox/v1/letters/{action}":                 {"POST": taking(w.deliverLetter)},
		"/sandbox/v1/options":                          {"GET": taking(w.getOptions), "PUT": taking(w.putOptions)},
		"/sandbox/v1/clients":                          {"GET": taking(w.listClients, pageSize, pageToken), "POST": taking(w.createClient)},
		"/sandbox/v1/clients/{id}":                     {"GET": taking(w.getClient), "PATCH": taking(w.patchClient), "DELETE": taking(w.deleteClient)},
		"/sandbox/v1/clients/{id}/requests":            {"GET": taking(w.listClientRequests, pageSize, pageToken)},
		"/sandbox/v1/clients/{id}/misbehaviour":        {"PUT": taking(w.putMisbehaviour)},
		"/sandbox/":                                    {},
	} {
		mux.Handle(path, answer)
	}
	mux.HandleFunc("GET /phone", w.phone)
	mux.HandleFunc("POST /phone/options", w.phoneOptions)
	mux.HandleFunc("GET /phone/events", w.phoneEvents)
	mux.HandleFunc("GET /phone/messages/{id}", w.phoneHTML)
	mux.HandleFunc("GET /phone/people", w.people)
	mux.HandleFunc("POST /phone/people", w.choosePerson)
	mux.HandleFunc("GET /phone/people/{snils}", w.person)
	mux.HandleFunc("GET /phone/clients", w.clients)
	mux.HandleFunc("POST /phone/clients", w.makeClient)
	mux.HandleFunc("GET /phone/clients/{id}", w.client)
	mux.HandleFunc("POST /phone/clients/{id}", w.changeClient)
	mux.HandleFunc("GET /phone/clients/{id}/key.json", w.clientKey)
	mux.Handle("GET /phone/static/", http.StripPrefix("/phone/static/", w.Pages.Static()))
	mux.HandleFunc("GET /post/{number}", w.track)
	mux.Handle("/demo", w.Demo)
	mux.Handle("/demo/", w.Demo)
	mux.HandleFunc("/", w.missing)
	return http.NewCrossOriginProtection().Handler(mux)
}
