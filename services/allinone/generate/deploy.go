package generate

// Each service sees its own secrets; the jobs see all.
const composeSecrets = `
{{range .Services}}  - secrets-{{.Name}}:/secrets/{{.Name}}
{{end}}`

// The job that makes them has the authority's volume too, and YAML cannot add to a list.
const composeJobSecrets = `
{{range .Services}}      - secrets-{{.Name}}:/secrets/{{.Name}}
{{end}}`

const composeServices = `
{{range .Services}}  {{.Name}}:
    <<: *service
    image: propusk/{{.Name}}
    build: {<<: *build, args: {SERVICE: {{.Name}}}}
    volumes: [secrets-{{.Name}}:/run/propusk:ro]
{{- if .Public}}
    ports: ["${PROPUSK_PUBLISH:-127.0.0.1:8080}:8080"]
{{- end}}
{{- if or .Sandbox .Public}}
    environment:
      <<: *environment
{{- if .Sandbox}}
      # A sandbox's people all come from one address, and its post is quick; limits per person stay.
{{- range .Sandbox}}
      {{.Name}}: "{{.Value}}"
{{- end}}
{{- end}}
{{- if .Public}}
      # A proxy in front of two of them has that long to notice that one stops, and is named for its header to count.
      PROPUSK_SHUTDOWN_DELAY: ${PROPUSK_SHUTDOWN_DELAY:-3s}
      PROPUSK_GATEWAY_PROXIES:
      PROPUSK_GATEWAY_ORIGINS:
{{- end}}
{{- end}}

{{end}}`

const composeVolumes = `
{{range .Services}}  secrets-{{.Name}}:
{{end}}`

// A service publishes its own events and no others', and may ask how its streams are; those that consume read any stream
// through a consumer of their own name, and acknowledge what that one delivered.
const natsUsers = `
{{range .Services}}{{if or .Emits .Receives}}    {
      user: {{.Name}}
      permissions: {
        publish: [
{{- if .Emits}}
          "propusk.{{.Name}}.v1.*", "propusk.{{.Name}}.records.v1.*"
{{- if not .Receives}}
          "$JS.API.STREAM.INFO.{{.Stream}}", "$JS.API.STREAM.INFO.{{.Stream}}_RECORDS"
{{- end}}
{{- end}}
{{- if .ConsumesAll}}
          "$JS.API.STREAM.NAMES"
{{- end}}
{{- if .Receives}}
          "$JS.API.STREAM.INFO.*", "$JS.API.CONSUMER.INFO.*.{{.Name}}", "$JS.API.CONSUMER.CREATE.*.{{.Name}}", "$JS.API.CONSUMER.CREATE.*.{{.Name}}.>"
          "$JS.API.CONSUMER.MSG.NEXT.*.{{.Name}}", "$JS.ACK.*.{{.Name}}.>"
{{- end}}
        ]
        subscribe: ["_INBOX.>"]
      }
    }
{{end}}{{end}}`

const lintServices = `
{{range .Services}}            - {pkg: github.com/propusk-id/propusk/services/{{.Name}}$, desc: services meet in proto}
{{end}}`

const restContracts = `
{{range .Services}}{{with .API}}      - {{.Dir}}
{{end}}{{end}}`
