package mc

import "slices"

// FieldValues are the values that a request sends for the custom fields of a
// task, in the order of their keys.
//
// Patterns are run once for each text, whoever asks: Prepare may do it before a
// transaction begins, which others would have to wait for.
type FieldValues struct {
	sent    object
	matches map[patternOnText]bool
}

type patternOnText struct {
	pattern Pattern
	text    string
}

// CustomFieldChange is what becomes of a task's value in a field; null takes it away.
type CustomFieldChange struct {
	FieldID ID
	Value   JSON
}

// NewFieldValues reads an object of values by key. Null is an empty one.
func NewFieldValues(sent JSON) *FieldValues {
	values, _ := sent.object()
	return &FieldValues{sent: values, matches: map[patternOnText]bool{}}
}

// Empty reports whether no value was sent.
func (v *FieldValues) Empty() bool { return len(v.sent.keys) == 0 }

// Prepare runs the patterns that Check will ask for if the fields are the same then.
func (v *FieldValues) Prepare(fields []CustomField) {
	_ = v.checkSent(fields) // said by Check, in its turn
}

// Check refuses, in this order: keys of no field, the first value in the order
// sent that does not fit, and required fields without a value. stored are the
// values that the task has already, by field.
func (v *FieldValues) Check(fields []CustomField, stored map[ID]JSON) error {
	if err := v.checkSent(fields); err != nil {
		return err
	}
	var missing []string
	for _, f := range fields {
		if f.Required && v.effective(f, stored).IsNull() {
			missing = append(missing, f.Key)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	slices.Sort(missing)
	return Unprocessable(MissingFieldsDetail{"Required custom fields must have values.", missing})
}

func (v *FieldValues) checkSent(fields []CustomField) error {
	byKey := make(map[string]CustomField, len(fields))
	for _, f := range fields {
		byKey[f.Key] = f
	}
	var unknown []string
	for _, key := range v.sent.keys {
		if _, ok := byKey[key]; !ok {
			unknown = append(unknown, key)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return Unprocessable(UnknownFieldsDetail{"Unknown custom field keys for this board.", unknown})
	}
	for _, key := range v.sent.keys {
		f := byKey[key]
		if reason := f.reject(v.sent.values[key], v.match); reason != "" {
			return Unprocessable(InvalidFieldDetail{"Invalid custom field value.", key, f.Type, reason})
		}
	}
	return nil
}

func (v *FieldValues) match(p Pattern, text string) bool {
	asked := patternOnText{p, text}
	matches, known := v.matches[asked]
	if !known {
		matches = p.Matches(text)
		v.matches[asked] = matches
	}
	return matches
}

// effective is the value that the task will have: what is sent, null included,
// else what is stored, else the default.
func (v *FieldValues) effective(f CustomField, stored map[ID]JSON) JSON {
	if sent, ok := v.sent.values[f.Key]; ok {
		return sent
	}
	return f.valueOf(stored)
}

// valueOf is what a task shows in the field: its value, else the default.
func (f CustomField) valueOf(stored map[ID]JSON) JSON {
	if value, ok := stored[f.ID]; ok && !value.IsNull() {
		return value
	}
	return f.Default
}

// ForNewTask returns what a new task gets: the values sent, and the defaults of
// the other fields.
func (v *FieldValues) ForNewTask(fields []CustomField) (changes []CustomFieldChange) {
	for _, f := range fields {
		if value := v.effective(f, nil); !value.IsNull() {
			changes = append(changes, CustomFieldChange{f.ID, value})
		}
	}
	return changes
}

// ForTask returns what changes in a task that exists: only what was sent.
func (v *FieldValues) ForTask(fields []CustomField) (changes []CustomFieldChange) {
	for _, f := range fields {
		if value, ok := v.sent.values[f.Key]; ok {
			changes = append(changes, CustomFieldChange{f.ID, value})
		}
	}
	return changes
}

// ShowFields returns the object of a task's values: all fields of its board, in
// their order, by key.
func ShowFields(fields []CustomField, stored map[ID]JSON) JSON {
	var shown object
	for _, f := range fields {
		value := f.valueOf(stored)
		if value.IsNull() {
			value = JSON("null")
		}
		shown.set(f.Key, value)
	}
	return shown.json()
}
