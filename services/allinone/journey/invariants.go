package journey

import "slices"

// invariant is a query that must return no rows.
type invariant struct{ name, query string }

func invariants(producers []string) []invariant {
	return slices.Concat(onePerson(), usedOnce(), effects(producers), alive(), onRecord(producers))
}

func onePerson() []invariant {
	return []invariant{
		{"I1: one account per SNILS and per passport", `
		SELECT kind || ' ' || encode(index_value, 'hex') FROM account.identifiers
		GROUP BY kind, index_key_id, index_value HAVING count(*) > 1`},
		{"I1: an account of level standard or above holds a SNILS and a passport, any other holds none", `
		SELECT a.id::text FROM account.accounts a
		WHERE (SELECT count(*) FROM account.identifiers i WHERE i.account_id = a.id AND i.kind IN ('snils', 'passport'))
		   <> CASE WHEN a.level >= 2 THEN 2 ELSE 0 END`},
	}
}

func usedOnce() []invariant {
	return []invariant{
		{"I2: a one-time code is used once, and then it has proven its contact", `
		SELECT coalesce(s.flow_id, e.aggregate)
		FROM (SELECT flow_id, count(spent_at) n FROM otp.sends GROUP BY 1) s -- deleted after some days
		FULL JOIN (SELECT aggregate, count(*) n FROM audit.records WHERE type = 'propusk.otp.records.v1.code_verified' GROUP BY 1) e
		  ON e.aggregate = s.flow_id
		WHERE e.n > 1 OR s.n <> coalesce(e.n, 0)`},
		{"I2: an authorization code gives one grant", `
		SELECT min(id::text) FROM oidc.grants GROUP BY code_hash HAVING count(*) > 1`},
		{"I2: a grant is issued once", `
		SELECT g.id::text FROM oidc.grants g
		WHERE 1 <> (SELECT count(*) FROM audit.records r
			WHERE r.type = 'propusk.oidc.records.v1.grant_issued' AND r.aggregate = g.id::text)`},
		{"I2: a generation of refresh tokens has one successor", `
		SELECT g.id::text FROM oidc.grants g
		WHERE g.generation - 1 <> (SELECT count(*) FROM audit.records r
			WHERE r.type = 'propusk.oidc.records.v1.token_refreshed' AND r.aggregate = g.id::text)`},
		{"I2: an account for every completed sign-up, and for no other", `
		SELECT coalesce(r.account_id, a.id)::text FROM (SELECT * FROM registration.registrations WHERE state = 'COMPLETED') r
		FULL JOIN account.accounts a ON a.id = r.account_id WHERE r.account_id IS NULL OR a.id IS NULL`},
		{"I2: a card for every account, and no card without one", `
		SELECT coalesce(p.account_id, a.id)::text FROM profile.persons p
		FULL JOIN account.accounts a ON a.id = p.account_id
		WHERE a.id IS NULL AND NOT EXISTS (
			SELECT 1 FROM registration.registrations r
			WHERE r.account_id = p.account_id AND r.state IN ('CODE_SENT', 'CONTACT_VERIFIED'))
		   OR p.account_id IS NULL`},
		{"I2: a letter's code is used once", `
		SELECT letter_order_id::text FROM confirmation.confirmations GROUP BY letter_order_id HAVING count(*) > 1`},
		{"I2: evidence is decided before its verification ends", `
		SELECT v.id::text FROM verification.verifications v LEFT JOIN account.evidence e ON e.id = v.id AND e.refusal = ''
		WHERE v.state = 'MATCHED' AND e.id IS NULL`},
		{"I2: a confirmation that was applied has raised the level", `
		SELECT c.id::text FROM confirmation.confirmations c JOIN account.accounts a ON a.id = c.account_id
		WHERE c.state = 'APPLIED' AND a.level <> 3 OR c.state = 'PENDING'`},
	}
}

func effects(producers []string) []invariant {
	return []invariant{
		{"I4: there are no dead letters", deadLetters(producers)},
		{"I4: one entry in the feed for every rise of a level", `
		SELECT o.id::text FROM account.outbox o LEFT JOIN notification.feed f ON f.id = o.id
		WHERE o.subject = 'propusk.account.v1.level_raised' AND f.id IS NULL`},
		{"I4: every message has reached a final state", `
		SELECT id::text FROM notification.messages WHERE state = 'QUEUED' AND expire_at > now()`},
	}
}

func alive() []invariant {
	return []invariant{
		{"I5: no live grant of an ended session", `
		SELECT g.id::text FROM oidc.grants g JOIN account.sessions s ON s.id::text = g.session_id
		WHERE s.ended_at IS NOT NULL AND g.revoked_at IS NULL AND NOT g.offline`},
		{"I5: no live session or grant without an account", `
		SELECT s.id::text FROM account.sessions s LEFT JOIN account.accounts a ON a.id = s.account_id
		WHERE s.ended_at IS NULL AND a.id IS NULL
		UNION ALL
		SELECT g.id::text FROM oidc.grants g LEFT JOIN account.accounts a ON a.id = g.account_id
		WHERE g.revoked_at IS NULL AND a.id IS NULL`},
		{"I5: no live session on a forbidden device, nor of an account whose sign-in is locked", `
		SELECT s.id::text FROM account.sessions s JOIN account.accounts a ON a.id = s.account_id
		LEFT JOIN account.devices d ON d.id = s.device_id
		WHERE s.ended_at IS NULL AND s.expires_at > now() AND (d.forbidden_at IS NOT NULL OR a.sign_in_locked_at IS NOT NULL)`},
	}
}

func onRecord(producers []string) []invariant {
	return []invariant{
		{"I6: every event is on record, once", everyEvent(producers, `
		SELECT coalesce(e.id, r.event_id)::text FROM events e FULL JOIN audit.records r ON r.event_id = e.id
		WHERE e.id IS NULL OR r.event_id IS NULL`)},
		{"I6: the record has no gap", `
		SELECT position::text FROM (SELECT position, lag(position, 1, 0::bigint) OVER (ORDER BY position) before FROM audit.records) x
		WHERE position <> before + 1`},
	}
}

// everyEvent puts all outboxes under one name before a query.
func everyEvent(producers []string, query string) string {
	all := ""
	for i, p := range producers {
		if i > 0 {
			all += " UNION ALL "
		}
		all += "SELECT id, subject, sent_at FROM " + p + ".outbox"
	}
	return "WITH events AS (" + all + ") " + query
}

func deadLetters(producers []string) string {
	query := ""
	for _, p := range append([]string{"audit"}, producers...) {
		if query != "" {
			query += " UNION ALL "
		}
		query += "SELECT '" + p + ": ' || subject || ': ' || error FROM " + p + ".dead_letters"
	}
	return query
}
