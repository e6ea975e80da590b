// Renders templates with Go's own text/template. Reads a list of cases as JSON from standard input and prints what
// each gives as JSON: the text, or that it is refused.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"text/template"
)

type input struct {
	LicenseKeys map[string]string `json:"licenseKeys"`
	Secrets     map[string]string `json:"secrets"`
	Env         map[string]string `json:"env"`
	Values      map[string]any    `json:"values"`
	Templates   []string          `json:"templates"`
	Links       []string          `json:"links"`
}

type answer struct {
	Text  *string `json:"text"`
	Error string  `json:"error,omitempty"`
}

type output struct {
	Templates []answer `json:"templates"`
	Links     []answer `json:"links"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var in input
	decoder := json.NewDecoder(os.Stdin)
	decoder.UseNumber()
	if err := decoder.Decode(&in); err != nil {
		return err
	}
	values := numbers(in.Values)
	out := output{
		Templates: renderAll(in.Templates, map[string]any{"LicenseKeys": in.LicenseKeys, "Secrets": in.Secrets}),
		Links:     renderAll(in.Links, map[string]any{"Env": in.Env, "Values": values}),
	}
	return json.NewEncoder(os.Stdout).Encode(out)
}

func renderAll(texts []string, data any) []answer {
	answers := make([]answer, 0, len(texts))
	for _, text := range texts {
		rendered, err := render(text, data)
		if err != nil {
			answers = append(answers, answer{Error: err.Error()})
		} else {
			answers = append(answers, answer{Text: &rendered})
		}
	}
	return answers
}

func render(text string, data any) (string, error) {
	parsed, err := template.New("case").Option("missingkey=error").Parse(text)
	if err != nil {
		return "", err
	}
	var result strings.Builder
	err = parsed.Execute(&result, data)
	return result.String(), err
}

// numbers makes whole numbers int and others float64, as a decoder of YAML does.
func numbers(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for key, inner := range value {
			value[key] = numbers(inner)
		}
	case []any:
		for index, inner := range value {
			value[index] = numbers(inner)
		}
	case json.Number:
		if whole, err := value.Int64(); err == nil {
			return int(whole)
		}
		float, _ := value.Float64()
		return float
	}
	return value
}
