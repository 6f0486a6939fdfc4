package cookies

// A browser sends all of a site's cookies in one line, of which proxies take 8 kB. These are the parts of it that can grow, in
// bytes of names and values; what is left is for interactions, the session and other short ones.
const (
	// MaxFlows is what the flows of pages have together: sign-ups under way, forms that were refused.
	MaxFlows = 3500
	// MaxPersona is what a sandbox's test person has.
	MaxPersona = 2000
)
