"""Expands AWS::LanguageExtensions in a template, in place: run by the tools' Python, which has the emulator."""

import sys
from pathlib import Path

import yaml
from ministack.services.cloudformation import language_extensions

file = Path(sys.argv[1])
template = yaml.safe_load(file.read_text())

expanded = language_extensions.apply(template, {})
del expanded["Transform"]
file.write_text(yaml.safe_dump(expanded))
