package generate

const picture = "\n```mermaid" + `
flowchart LR
  citizen((citizen)) & frontend((frontend app)) & partner((partner)) --> gateway
{{range .Services}}{{if .Calls}}  {{.Name}} --> {{join .Calls " & "}}
{{end}}{{if .ForwardsTo}}  {{.Name}} -. HTTP .-> {{join .ForwardsTo " & "}}
{{end}}{{end}}  {{join .Producers " & "}} == events ==> nats[(NATS)]
  nats ==> {{join .Receivers " & "}}
` + "```\n"

const readmeServices = `
| service | what it is, or does |
|---|---|
{{range .Services}}| [{{.Name}}](services/{{.Name}}) | {{.Job}} |
{{end}}| [allinone](services/allinone) | all of them in one process: the program ` + "`propusk`" + `, which is also the command line |
`

const docsServices = `
| service | owns | calls |
|---|---|---|
{{range .Services}}| {{.Name}} | {{.Owns}} | {{with .Reaches}}{{join . ", "}}{{else}}—{{end}} |
{{end}}`

const docsEvents = `
| producer | event | meaning | consumers |
|---|---|---|---|
{{range .Services}}{{$name := .Name}}{{range $i, $e := .Events}}|{{if eq $i 0}} {{$name}}{{end}} | ` + "`{{.Name}}`" + `{{if .Record}} (record){{end}} | {{.Meaning}} | {{with .Consumers}}{{join . ", "}}{{else}}—{{end}} |
{{end}}{{end}}`
