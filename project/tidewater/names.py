"""Names of people who do not exist, by words."""

FIRST = """
Aaliyah Abena Adam Agnes Ahmed Aisha Alan Alice Amelia Anders Andrew Angela Anika Arthur Asha
Ayo Beatriz Ben Bogdan Bronwen Carlos Carol Cemal Charlotte Chidi Claire Colin Daisy Daniel
Deepa Derek Dilan Dorota Eleanor Elif Emeka Emily Erik Esther Fatima Fergus Fiona Florian
Frances Gareth George Gina Hana Harriet Helga Hugh Ibrahim Imogen Ioan Isla Ivan Jamal James
Jana Jasmin Joan Josef Joyce Kamal Karen Katarzyna Keith Kim Lars Laura Leila Liam Linh Lucy
Malik Maria Martin Mei Michael Mina Naomi Neil Nikos Nora Olu Oscar Patricia Paul Petra Rachel
Rafael Rajesh Rosa Rowan Sean Selma Sheila Simon Sonia Stefan Susan Tamsin Tara Thomas
Uma Valerie Vikram Wendy Winston Xin Yusuf Zainab Zoe
"""

LAST = """
Abbott Acheampong Ahmed Allen Anand Archer Baker Balogun Banerjee Barker Begum Bell Berg Blake
Boateng Boyle Brennan Brown Burke Cameron Carter Chan Chapman Chowdhury Clarke Cohen Collins
Cooper Coskun Dawson Diaz Dixon Dobson Doherty Duffy Eaton Edwards Eriksen Evans Farrell
Fernandes Fletcher Forbes Foster Gallagher Garcia Ghosh Gibson Gill Goode Graham Greene
Griffiths Hall Hamid Harris Hart Hayes Hoang Holt Horvat Hussain Iqbal Jackson Janssen Jenkins
Johnson Jones Kaplan Kaur Keane Khan King Kowalski Kumar Lamb Larsen Lee Lewis Lloyd Lopez Lowe
Lynch Macleod Marek Mason Mbeki Mendes Miller Mitchell Moore Morgan Moyo Murphy Nash Nguyen
Nolan Obi Okafor Olsen Osman Owusu Parker Patel Perera Petrov Pham Phillips Pope Quinn Rao Reid
Ricci Roberts Rossi Rowe Ryan Santos Schmidt Scott Shah Sharma Shaw Silva Singh Smith Sokolov
Stone Sutton Tanaka Taylor Tran Turner Vance Walker Walsh Wang Ward Weston Wood Wright Wu Yilmaz
Young Zhang
"""
