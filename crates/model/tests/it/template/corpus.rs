//! Templates to compare: some by hand, many by a seeded generator over the documented grammar.

use std::fmt::Write;

/// A small generator of numbers (splitmix64), so that the corpus is the same in every run.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.roll() % limit as u64).unwrap()
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

const NAMES: &[&str] = &["A", "EMPTY", "QUOTE"];
const QUOTED: &[&str] = &["A", "My Key", "EMPTY", "ünï", "a\\\"b"];
const TEXTS: &[&str] =
    &["\"\"", "\"a\"", "`raw\\n`", "\"q\\\"\\t\\u00e9\\x41\\101\"", "\"{{\"", "`}}`", "\"key-1\""];
const WHOLE: &[&str] = &["0", "1", "-3", "0x1F", "017", "0b11", "42", "'x'", "7"];
const BROKEN: &[&str] = &["1.5", "-0.25", "1e3", "2.0", "1e21", "123456789.5", "0.00001"];
const OF_VALUES: &[&str] = &[
    "$.Values.list",
    "$.Values.number",
    "$.Values.map",
    "$.Values.map.deep.er",
    "$.Values.none",
    "$.Values.float",
    "$.Values.on",
];
const PLAIN: &[&str] = &["KEY=", "\n", "  ", " \n\t ", "x", "é", "}", "{ ", "{ { ", "a: b\n", "-", "}}", "#"];

/// Writes templates. Most are well-formed; a few break the rules.
pub(crate) struct Generator {
    dice: Dice,
    /// Variables in force.
    variables: Vec<String>,
    loops: usize,
    /// Controls around this place that set the dot, so that fields are read of `$`.
    dots: usize,
    /// What the dot has at first.
    fields: &'static [&'static str],
}

impl Generator {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            dice: Dice(seed),
            variables: vec!["$".to_owned()],
            loops: 0,
            dots: 0,
            fields: &["LicenseKeys", "Secrets"],
        }
    }

    pub(crate) fn of_links(seed: u64) -> Self {
        Self { fields: &["Env", "Values"], ..Self::new(seed) }
    }

    pub(crate) fn template(&mut self) -> String {
        self.variables.truncate(1);
        let depth = self.dice.below(4);
        self.list(depth)
    }

    fn list(&mut self, depth: usize) -> String {
        let mut list = String::new();
        for _ in 0..=self.dice.below(3) {
            if self.dice.once_in(2) {
                list.push_str(self.dice.pick(PLAIN));
            }
            list.push_str(&self.node(depth));
        }
        list.push_str(if self.dice.once_in(2) { self.dice.pick(PLAIN) } else { "" });
        list
    }

    fn braces(&mut self, inside: &str) -> String {
        let (open, close) = match self.dice.below(8) {
            0 => ("{{- ", " }}"),
            1 => ("{{ ", " -}}"),
            2 => ("{{-\n", "  -}}"),
            3 => ("{{", "}}"),
            _ => ("{{ ", " }}"),
        };
        format!("{open}{inside}{close}")
    }

    fn node(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.action();
        }
        match self.dice.below(10) {
            0 | 1 => self.choice("if", depth),
            2 | 3 => self.choice("with", depth),
            4 => self.repeat(depth),
            5 => {
                let value = self.pipeline(2);
                let name = format!("$v{}", self.dice.below(3));
                self.variables.push(name.clone());
                self.braces(&format!("{name} := {value}"))
            }
            6 if self.variables.len() > 1 => {
                let at = 1 + self.dice.below(self.variables.len() - 1);
                let (name, value) = (self.variables[at].clone(), self.pipeline(1));
                self.braces(&format!("{name} = {value}"))
            }
            7 if self.loops > 0 => {
                let word = self.dice.pick(&["break", "continue"]);
                let condition = self.pipeline(1);
                format!("{{{{ if {condition} }}}}{}{{{{ end }}}}", self.braces(word))
            }
            7 => self.dice.pick(&["{{/* a comment */}}", "{{- /* trimming\n */ -}}"]).to_owned(),
            _ => self.action(),
        }
    }

    fn action(&mut self) -> String {
        let pipeline = self.pipeline(2);
        self.braces(&pipeline)
    }

    fn choice(&mut self, word: &str, depth: usize) -> String {
        let known = self.variables.len();
        let condition = self.pipeline(2);
        let mut declared = String::new();
        if self.dice.once_in(5) {
            declared = format!("$w{} := ", self.dice.below(2));
        }
        let mut text = self.braces(&format!("{word} {declared}{condition}"));
        if let Some((name, _)) = declared.split_once(' ') {
            self.variables.push(name.to_owned());
        }
        let within = self.variables.len();
        let sets_dot = usize::from(word == "with");
        self.dots += sets_dot;
        text.push_str(&self.list(depth - 1));
        self.dots -= sets_dot;
        self.variables.truncate(within);
        for _ in 0..self.dice.below(3) {
            let condition = self.pipeline(1);
            text.push_str(&self.braces(&format!("else {word} {condition}")));
            self.dots += sets_dot;
            text.push_str(&self.list(depth - 1));
            self.dots -= sets_dot;
            self.variables.truncate(within);
        }
        if self.dice.once_in(2) {
            text.push_str(&self.braces("else"));
            text.push_str(&self.list(depth - 1));
        }
        self.variables.truncate(known);
        text + &self.braces("end")
    }

    fn repeat(&mut self, depth: usize) -> String {
        let known = self.variables.len();
        let over = match self.dice.below(8) {
            0 => "3".to_owned(),
            1 => "0".to_owned(),
            2 => self.pipeline(1),
            3 if self.fields == ["Env", "Values"] => {
                self.dice.pick(&["$.Values.list", "$.Values.map"]).to_owned()
            }
            _ => format!("$.{}", self.dice.pick(self.fields)),
        };
        let declared = self.dice.pick(&["", "", "$e := ", "$k, $e := "]);
        let mut text = self.braces(&format!("range {declared}{over}"));
        let names = declared.split([' ', ',']).filter(|one| one.starts_with('$'));
        self.variables.extend(names.map(str::to_owned));
        let within = self.variables.len();
        (self.loops, self.dots) = (self.loops + 1, self.dots + 1);
        text.push_str(&self.list(depth - 1));
        (self.loops, self.dots) = (self.loops - 1, self.dots - 1);
        self.variables.truncate(within);
        if self.dice.once_in(3) {
            text.push_str(&self.braces("else"));
            text.push_str(&self.list(depth - 1));
        }
        self.variables.truncate(known);
        text + &self.braces("end")
    }

    fn pipeline(&mut self, depth: usize) -> String {
        let mut text = self.command(depth);
        while self.dice.once_in(5) {
            let next = self.dice.pick(&[
                "printf \"%v\"",
                "not",
                "print",
                "html",
                "urlquery",
                "println 1",
                "print 2 |len",
            ]);
            let blank = self.dice.pick(&[" ", ""]);
            write!(text, "{blank}|{blank}{next}").unwrap();
        }
        text
    }

    fn command(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.operand(0);
        }
        let depth = depth - 1;
        match self.dice.below(20) {
            0 | 1 => {
                format!("{} {} {}", self.dice.pick(&["and", "or"]), self.operand(depth), self.operand(depth))
            }
            2 => format!("and {} {} {}", self.operand(depth), self.operand(depth), self.operand(depth)),
            3 => format!("{} {}", self.dice.pick(&["not", "html", "urlquery", "print"]), self.operand(depth)),
            4 => self.comparison(depth),
            5 => format!("eq {} {} {}", self.text(depth), self.text(depth), self.text(depth)),
            6 => format!("index $.{} \"{}\"", self.dice.pick(self.fields), self.dice.pick(QUOTED)),
            7 => format!("len {}", self.text(depth)),
            8 => format!("println {} {} {}", self.operand(depth), self.operand(depth), self.operand(depth)),
            9 => self.format(depth),
            10 => format!("printf \"%v-%v %%\" {} {}", self.operand(depth), self.operand(depth)),
            11 => format!("slice {} {}", self.text(depth), self.dice.pick(&["0", "1", "0 1", "1 2", "2 1"])),
            12 => format!("index {} 0", self.text(depth)),
            13 => self.wild(depth),
            14 | 15 => self.text(depth),
            _ => self.operand(depth),
        }
    }

    fn comparison(&mut self, depth: usize) -> String {
        let word = self.dice.pick(&["eq", "ne", "lt", "le", "gt", "ge"]);
        match self.dice.below(4) {
            0 => format!("{word} {} {}", self.dice.pick(WHOLE), self.dice.pick(WHOLE)),
            1 => format!("{word} {} {}", self.dice.pick(BROKEN), self.dice.pick(BROKEN)),
            2 => format!("{word} (len {}) {}", self.text(depth), self.dice.pick(WHOLE)),
            _ => format!("{word} {} {}", self.text(depth), self.text(depth)),
        }
    }

    fn format(&mut self, depth: usize) -> String {
        match self.dice.below(4) {
            0 => format!(
                "printf \"%{}\" {}",
                self.dice.pick(&["d", "5d", "-6v|", "05d", "+d", "x", "X", "+v", "-5x|"]),
                self.dice.pick(WHOLE)
            ),
            1 => format!(
                "printf \"%{}\" {}",
                self.dice.pick(&["v", "f", ".2f", "08.3f", "+.1f", "9v"]),
                self.dice.pick(BROKEN)
            ),
            2 => format!(
                "printf \"<%{}>\" {}",
                self.dice.pick(&["t", "v", "6v"]),
                self.dice.pick(&["true", "false"])
            ),
            _ => {
                let verb = self.dice.pick(&["v", "s", "q", "8s", "-8q", ".3s", "x", "X", "7.1v"]);
                format!("printf \"<%{verb}>\" {}", self.text(depth))
            }
        }
    }

    /// Something that is a text.
    fn text(&mut self, depth: usize) -> String {
        match self.dice.below(6) {
            0 => self.dice.pick(TEXTS).to_owned(),
            1 => format!("(index $.{} \"A\")", self.dice.pick(self.fields)),
            2 if depth > 0 => format!("(print {})", self.operand(depth - 1)),
            _ => format!(
                "{}.{}.{}",
                if self.dots > 0 { "$" } else { "" },
                self.dice.pick(self.fields),
                self.dice.pick(NAMES)
            ),
        }
    }

    /// Something that can be printed nearly always.
    fn operand(&mut self, depth: usize) -> String {
        match self.dice.below(12) {
            0..=4 => self.text(depth),
            5 => self.dice.pick(WHOLE).to_owned(),
            6 => self.dice.pick(BROKEN).to_owned(),
            7 => self.dice.pick(&["true", "false"]).to_owned(),
            8 => ".".to_owned(),
            9 if self.variables.len() > 1 => {
                self.variables[1 + self.dice.below(self.variables.len() - 1)].clone()
            }
            10 if self.fields == ["Env", "Values"] => self.dice.pick(OF_VALUES).to_owned(),
            _ if depth > 0 => format!("({})", self.command(depth)),
            _ => self.text(0),
        }
    }

    /// Something that goes wrong often.
    fn wild(&mut self, depth: usize) -> String {
        let (a, b) = (self.operand(depth), self.operand(depth));
        match self.dice.below(10) {
            0 => format!("eq {a} {b}"),
            1 => format!("lt {a} {b}"),
            2 => format!("index {a} {b}"),
            3 => format!("slice {a} {b}"),
            4 => format!("len {a}"),
            5 => format!("printf \"%d %s\" {a} {b}"),
            6 => format!("{a} {b}"),
            7 => ".Secrets.MISSING".to_owned(),
            8 => format!("index $.{} \"MISSING\"", self.dice.pick(self.fields)),
            _ => format!("{}.B", self.variables[self.dice.below(self.variables.len())]),
        }
    }
}

/// Templates by hand: what people write, and the corners of the grammar.
pub(crate) const BY_HAND: &[&str] = &[
    "",
    "plain text\nwithout braces",
    "LICENSE={{ .LicenseKeys.A }}\nPASSWORD={{ .Secrets.A }}\n",
    "{{ index .LicenseKeys \"My Key\" }}",
    "{{index .LicenseKeys `My Key`}}",
    "{{ .LicenseKeys.MISSING }}",
    "{{ if .Secrets.MISSING }}a{{ end }}",
    "{{ if index .Secrets \"MISSING\" }}a{{ else }}b{{ end }}",
    "{{ with index .Secrets \"MISSING\" }}a{{ else with index .Secrets \"A\" }}{{ . }}{{ end }}",
    "{{ with .Secrets.EMPTY }}a{{ else with .Secrets.A }}b{{ . }}{{ else }}c{{ end }}",
    "{{ with $x := .Secrets.EMPTY }}a{{ else with $y := \"z\" }}[{{ $x }}{{ $y }}{{ . }}]{{ end }}",
    "{{ or (index .Secrets \"MISSING\") \"default\" }}",
    "{{ index .Secrets \"MISSING\" | not }}",
    "{{ if eq .Secrets.A \"key-1\" \"secret-1\" }}yes{{ end }}",
    "{{ if and .Secrets.A (not .Secrets.EMPTY) }}yes{{ else if true }}no{{ end }}",
    "{{ if false }}a{{ else if 0 }}b{{ else if \"\" }}c{{ else }}d{{ end }}",
    "{{ range $k, $v := .Secrets }}{{ $k }}={{ $v | printf \"%q\" }}\n{{ end }}",
    "{{ range $v := .LicenseKeys }}[{{ $v }}{{ . }}]{{ else }}none{{ end }}",
    "{{ range 3 }}{{ . }}{{ end }}",
    "{{ range 0 }}{{ . }}{{ else }}none{{ end }}",
    "{{ range 5 }}{{ if eq . 1 }}{{ continue }}{{ end }}{{ if eq . 3 }}{{ break }}{{ end }}{{ . }}{{ end }}",
    "{{ $x := 1 }}{{ range 3 }}{{ $x = . }}{{ end }}{{ $x }}",
    "{{ $x := 1 }}{{ range 3 }}{{ $x := . }}{{ end }}{{ $x }}",
    "{{ $x := \"a\" }}{{ if true }}{{ $x = \"b\" }}{{ end }}{{ $x }}",
    "{{ $a := .Secrets }}{{ $a.A }}",
    "{{ ($.Secrets).A }}",
    "{{ (index . \"Secrets\").A }}",
    "{{ index . \"Secrets\" \"A\" }}",
    "{{ \"{{\" }} {{ `}}` }} {{ \"}}\" }}",
    "{{/* comment */}}a{{- /* another */ -}} b",
    "a {{- \" b \" -}} c",
    "a \n\t{{- 1 -}}\n b",
    "{{- 1 }}{{ 2 -}}",
    "{{ 1 }} {{- }} a",
    "{{-1}}",
    "{{3-}}",
    "{{ 1 - }}",
    "{{ -1 }}{{ +1 }}{{ - 1 }}",
    "{{ 'a' }}{{ '\\n' }}{{ '\\'' }}",
    "{{ \"\\u00fc\\U0001F600\\x41\\101\\a\\b\\f\\v\\r\" }}",
    "{{ \"unclosed }}",
    "{{ `raw\nlines` }}",
    "{{ \"two\nlines\" }}",
    "{{ printf \"%s-%d-%5.2f-%t-%v-%q-%%\" \"a\" 3 1.5 true 2 \"x\\ny\" }}",
    "{{ printf \"%05d|%-5d|%5d|%+d|%x|%X\" 42 42 42 42 255 255 }}",
    "{{ printf \"%8s|%-8s|%.2s|%8.3s|\" \"abcdef\" \"ab\" \"äöü\" \"abcdef\" }}",
    "{{ printf \"%q\" \"\\x01\\x7f\\u00e9\\u200b\\U0001F600\\ufeff e\\u0301 \\u00a0 \\u2028 –\" }}",
    "{{ printf \"%x %X\" \"hé\" .Secrets.A }}",
    "{{ printf \"%v %v\" .Secrets .LicenseKeys.A }}",
    "{{ print 1 2 \"a\" 3 4 true false nil }}",
    "{{ print 1 2 \"a\" \"b\" 3 4 true false }}{{ println }}{{ println 1 \"a\" }}{{ print }}",
    "{{ . }}",
    "{{ .Secrets }}",
    "{{ len .Secrets }}{{ len .Secrets.A }}{{ len \"é\" }}{{ len . }}",
    "{{ len 3 }}",
    "{{ .Secrets.A.B }}",
    "{{ .Other }}",
    "{{ nil }}",
    "{{ true }}{{ false }}{{ 1.0 }}{{ 1.5e10 }}{{ 1e21 }}{{ 0.00001 }}{{ 100000.0 }}{{ .5 }}{{ 5. }}",
    "{{ html \"<a href='x'>&\\\"\" }}{{ urlquery \"a b&ä/~\" 1 }}{{ \"<\" | html }}",
    "{{ slice \"abcdef\" 1 3 }}{{ slice \"abc\" 1 }}{{ slice \"abc\" }}{{ slice \"abc\" 3 }}",
    "{{ slice \"abc\" 4 }}",
    "{{ index \"abc\" 1 }}",
    "{{ index \"abc\" 3 }}",
    "{{ eq 1 1.0 }}",
    "{{ eq \"1\" 1 }}",
    "{{ eq 1 2 1 }}{{ ne 1 2 }}{{ lt 1 2 }}{{ le 2 2 }}{{ gt \"b\" \"a\" }}{{ ge 1.5 2.5 }}",
    "{{ lt true false }}",
    "{{ eq .Secrets .Secrets }}",
    "{{ eq nil nil }}{{ eq .Secrets.A nil }}",
    "{{ eq 1 }}",
    "{{ not }}",
    "{{ not 1 2 }}",
    "{{ 1 | 2 }}",
    "{{ 1 2 }}",
    "{{ 1 | print 2 | printf \"%s!\" }}",
    "{{ .Secrets.A | }}",
    "{{ | print }}",
    "{{ print | }}",
    "{{ (print 1) }}{{ ((1)) }}{{ (1 }}",
    "{{ ) }}",
    "{{ () }}",
    "{{ }}",
    "{{}}",
    "{{",
    "{{ .Secrets.A",
    "}}",
    "{{ end }}",
    "{{ else }}",
    "{{ if true }}",
    "{{ if true }}{{ else }}{{ else }}{{ end }}",
    "{{ if true }}{{ else with true }}{{ end }}",
    "{{ with true }}{{ else if true }}{{ end }}",
    "{{ range 1 }}{{ else if true }}{{ end }}",
    "{{ if }}{{ end }}",
    "{{ if true }}a{{ end 1 }}",
    "{{ break }}",
    "{{ range 1 }}{{ end }}{{ continue }}",
    "{{ $x }}",
    "{{ $x = 1 }}",
    "{{ $x := 1 }}{{ $x }}{{ $x | print }}{{ $x .A }}",
    "{{ $x,$y := .Secrets }}",
    "{{ range $x, $y, $z := .Secrets }}{{ end }}",
    "{{ range $x, $y := 3 }}{{ end }}",
    "{{ range $x, 3 }}{{ end }}",
    "{{ range \"abc\" }}{{ end }}",
    "{{ range true }}{{ end }}",
    "{{ if $x := 1 }}{{ $x }}{{ end }}{{ $x }}",
    "{{ $ }}{{ $.Secrets.A }}{{ with 1 }}{{ $.Secrets.A }}{{ . }}{{ end }}",
    "{{ unknown 1 }}",
    "{{ .Secrets.A \"x\" }}",
    "{{ \"x\" | .Secrets.A }}",
    "{{ \"A\" | index .Secrets }}",
    "{{ .Secrets. A }}",
    "{{ .Secrets..A }}",
    "{{ ..A }}",
    "{{ \"a\".A }}",
    "{{ 1.A }}",
    "{{ .Secrets.A-B }}",
    "{{ .Secrets.ünï }}",
    "{{ a.b }}",
    "{{ # }}",
    "{{ 1_000 }}",
    "{{ 08 }}",
    "{{ 9223372036854775807 }}{{ -9223372036854775808 }}",
    "{{ 9223372036854775808 }}",
    "{{ 0x }}",
    "{{/* unclosed",
    "{{/* a */ b}}",
    "{{ /* a */ }}",
    "{{- /* a */}}",
    "{{if true}}a{{end}}{{if true -}} b {{- end}}",
    "{{ print \"a\"\"b\" }}",
    "{{ print \"a\"(print 1) }}",
    "{{ print (1)(2) }}",
    "{{ not(true) }}",
    "{{$x:=1}}{{$x}}",
    "{{$x:= 1}}{{$x|print}}",
    "{{ if and (eq .Secrets.A \"secret-1\") (ne .Secrets.QUOTE \"\") -}}\nX=1\n{{- end }}",
    "{{ range $i, $x := .Secrets }}{{ if $i }}{{ break }}{{ end }}{{ end }}done",
    "{{ printf \"%d\" \"a\" }}",
    "{{ printf \"%s\" 1 }}",
    "{{ printf \"%z\" 1 }}",
    "{{ printf \"%d\" }}",
    "{{ printf \"a\" 1 }}",
    "{{ printf 1 }}",
    "{{ printf \"%!\" }}",
    "{{ define \"a\" }}x{{ end }}{{ template \"a\" }}",
    "{{ js \"a\" }}",
];

/// Links by hand, over `.Env` and `.Values`.
pub(crate) const LINKS_BY_HAND: &[&str] = &[
    "https://{{ .Env.A }}/",
    "https://{{ .Values.map.host }}:{{ .Values.number }}/{{ .Values.float }}?on={{ .Values.on }}",
    "{{ with .Values.none }}a{{ else }}b{{ end }}",
    "{{ .Values.none }}",
    "{{ .Values.missing }}",
    "{{ index .Values \"missing\" }}",
    "{{ if index .Values \"missing\" }}a{{ else }}b{{ end }}",
    "{{ index .Values \"map\" \"host\" }}",
    "{{ index .Values \"missing\" \"host\" }}",
    "{{ index .Values.list 1 }}{{ index .Values.list 9 }}",
    "{{ range .Values.list }}[{{ . }}]{{ end }}",
    "{{ range $i, $x := .Values.list }}{{ $i }}={{ $x }};{{ end }}",
    "{{ range $k, $v := .Values.map }}{{ $k }};{{ end }}",
    "{{ .Values.map }}{{ .Values.list }}",
    "{{ len .Values.list }}{{ len .Values.map }}",
    "{{ eq .Values.none nil }}{{ eq .Values.number 8443 }}{{ lt .Values.float 2.0 }}",
    "{{ .Values.number.deep }}",
    "{{ .Values.none.deep }}",
    "{{ range .Values.none }}a{{ else }}b{{ end }}",
    "{{ not .Values.none }}{{ and .Values.on .Values.none }}",
    "{{ printf \"%v %d %.1f %t\" .Values.number .Values.number .Values.float .Values.on }}",
];
