"""Banks from and to the files of others: XLSForm, LimeSurvey, SurveyJS, REDCap and codebooks."""
