import "./case_acts.js";
