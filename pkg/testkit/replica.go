package testkit

// Replica runs the same services once more, on the same stores and by the same clock, until the test ends: nothing that one of the
// two remembers is known to the other.
func (e *Env) Replica() *Env {
	e.t.Helper()
	r := &Env{
		t: e.t, Clock: e.Clock, Redis: e.Redis, NATS: e.NATS, databaseURL: e.databaseURL, installation: e.installation,
		redisURL: e.redisURL, options: e.options, secrets: e.secrets, natsDir: e.natsDir, logs: e.logs,
	}
	r.startServices()
	e.t.Cleanup(func() { r.stop() })
	return r
}
