// What is typed into a field for a date or a time stays as it was typed: the server reads more ways to write it than the
// picker does, and says which it can't read. The picker would put the present moment in their place.

window.jQuery.fn.datetimepicker.defaults.validateOnBlur = false;
